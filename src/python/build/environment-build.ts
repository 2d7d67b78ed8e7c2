/**
 * Gives the cached environment of a plan, building it when needed: once, however many jobs of
 * however many servers ask for it at the same time.
 */
import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { JobError } from '../../core/job-error.ts';
import { diskFull, isDiskFull } from './build-failure.ts';
import { takePidFile } from '../../os/pid-file.ts';
import type { EnvironmentContext } from '../context/context.ts';
import {
  cachedEnvironment,
  environmentFolder,
  publish,
  publishedEnvironment,
  removeEnvironmentFolder,
  stampUse,
  wasPublished,
  type CachedEnvironment,
} from '../cache/environment-cache.ts';
import { shareFiles } from '../cache/shared-files.ts';
import { installEnvironment } from './environment-install.ts';
import { describePlan, keyOf, type EnvironmentPlan } from './environment-plan.ts';
import { SharedBuild } from './shared-build.ts';

const LOCK = 'lock';
const BUILD_PREFIX = 'env-';
const FIRST_LOOK_MS = 25;
const SLOWEST_LOOK_MS = 400;

const building = new Map<string, SharedBuild>();

export type ObtainedEnvironment = CachedEnvironment & {
  /** This run waited for it to be built: its news is no repetition. */
  builtNow: boolean;
};

/** @throws JobError environment_failed; the signal's reason */
export async function obtainEnvironment(
  plan: EnvironmentPlan,
  context: EnvironmentContext,
): Promise<ObtainedEnvironment> {
  const key = keyOf(plan, context.config);
  const folder = environmentFolder(context.home, key);
  const cached = cachedEnvironment(context.home, key);
  const environment = cached ?? (await sharedBuild(key, plan, folder, context));
  stampUse(folder);
  return { ...environment, builtNow: cached === null };
}

async function sharedBuild(
  key: string,
  plan: EnvironmentPlan,
  folder: string,
  context: EnvironmentContext,
): Promise<CachedEnvironment> {
  let shared = building.get(folder);
  if (!shared || shared.abandoned) {
    const started = new SharedBuild((report, signal) =>
      buildWithin(key, plan, folder, { ...context, report, signal }),
    );
    building.set(folder, started);
    started.onEnd(() => building.get(folder) === started && building.delete(folder));
    shared = started;
  }
  return shared.wait(context);
}

/** The build's own time budget; the script's time limit starts later. */
async function buildWithin(
  key: string,
  plan: EnvironmentPlan,
  folder: string,
  context: EnvironmentContext,
): Promise<CachedEnvironment> {
  const seconds = context.config.buildTimeoutSeconds;
  const budget = AbortSignal.timeout(seconds * 1000);
  const signal = AbortSignal.any([context.signal, budget]);
  try {
    return await buildOrAwait(key, plan, folder, { ...context, signal });
  } catch (error) {
    if (isDiskFull(error)) throw diskFull(context.home);
    if (!budget.aborted || context.signal.aborted) throw error;
    throw new JobError(
      'environment_failed',
      `The environment (${describePlan(plan)}) was not ready after ${seconds} s. ` +
        'Raise the setting `environment_timeout_seconds`, or check the network.',
    );
  }
}

/** Builds under the lock, or waits for the process that holds it. */
async function buildOrAwait(
  key: string,
  plan: EnvironmentPlan,
  folder: string,
  context: EnvironmentContext,
): Promise<CachedEnvironment> {
  for (let pause = FIRST_LOOK_MS; ; pause = Math.min(pause * 2, SLOWEST_LOOK_MS)) {
    const lock = takePidFile(join(folder, LOCK));
    try {
      const there = cachedEnvironment(context.home, key);
      if (there) return there;
      if (lock) return await build(plan, folder, context);
    } finally {
      lock?.release();
    }
    if (pause === FIRST_LOOK_MS) context.report('Another process builds this environment: waiting');
    await delay(pause, undefined, { signal: context.signal });
  }
}

async function build(
  plan: EnvironmentPlan,
  folder: string,
  context: EnvironmentContext,
): Promise<CachedEnvironment> {
  if (publishedEnvironment(folder)) {
    context.report('The cached environment was changed by a script or is damaged: building anew');
  }
  await removeAbandoned(folder);
  context.report(`Building an environment: ${describePlan(plan)}`);
  const path = join(folder, `${BUILD_PREFIX}${randomBytes(4).toString('hex')}`);
  try {
    const environment = await installEnvironment(plan, path, context);
    const shared = await shareFiles(context.home, path);
    context.signal.throwIfAborted();
    return await publish(folder, { ...environment, shared });
  } catch (error) {
    await removeEnvironmentFolder(path);
    throw error;
  }
}

/** What killed builders left behind; a folder that was published may still have a job in it. */
async function removeAbandoned(folder: string): Promise<void> {
  const names = await readdir(folder);
  const builds = names.filter((name) => name.startsWith(BUILD_PREFIX));
  for (const path of builds.map((name) => join(folder, name))) {
    if (!(await wasPublished(path))) await removeEnvironmentFolder(path);
  }
}

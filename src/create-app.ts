/** Wires the engine together, by hand and in one place. */
import { chmodSync, lstatSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config/settings.ts';
import { JobError } from './core/job-error.ts';
import { environmentConfig } from './jobs/environments/environment-settings.ts';
import type { App } from './jobs/app.ts';
import { bubblewrapOf } from './executors/sandbox/bubblewrap.ts';
import { LocalExecutor } from './executors/local/local-executor.ts';
import { EnvironmentCache } from './jobs/environments/cached-environments.ts';
import { capacitiesOf } from './jobs/context/capacities.ts';
import { EnvironmentUpkeep } from './jobs/environments/environment-upkeep.ts';
import { JobEvents } from './jobs/context/job-events.ts';
import { JobService } from './jobs/job-service.ts';
import { jobFolder } from './output/files/job-folder.ts';
import { ProgressReader } from './jobs/views/read-progress.ts';
import { ScriptLibrary } from './jobs/scripts/script-library.ts';
import { type Log, openLog } from './os/log.ts';
import { formatIdentity, ownIdentity } from './os/process-identity.ts';
import type { EnvironmentContext } from './python/context/context.ts';
import { resolveEnvironment } from './python/resolve-environment.ts';
import {
  defaultInterpreter,
  interpreterOfVersion,
  interpreterSatisfying,
} from './python/interpreters/interpreters.ts';
import { runtimeFolder } from './runtime-folder.ts';
import { openDatabase } from './store/database.ts';
import { JobLists } from './store/job-lists.ts';
import { JobStore } from './store/job-store.ts';
import { SessionRows } from './store/session-rows.ts';

/** Looking for interpreters starts each new one once; on a slow disk that takes a while. */
const FIND_PYTHON_MS = 30_000;

/**
 * `startsJobs` is false for commands that only look.
 * @throws JobError storage when the home folder cannot be used.
 */
export function createApp(
  config: Config,
  env: Record<string, string | undefined>,
  startsJobs = true,
): App {
  const home = openHome(config.home);
  const log = openLog(join(home, 'logs', 'server.log'), config.log_level);
  const database = openDatabase(join(home, 'meta', 'jobs.db'));
  const lists = new JobLists(database);
  const python = environmentConfig(config);
  const runtimeDirectory = runtimeFolder(home);
  const capacities = capacitiesOf(config, env);
  const bubblewrap = bubblewrapOf(env['PATH'], home);
  const jobs = new JobService({
    config,
    store: new JobStore(database),
    lists,
    sessions: new SessionRows(database),
    log,
    env,
    capacities,
    startsJobs,
    events: new JobEvents(),
    executors: new Map([['local', new LocalExecutor(runtimeDirectory, bubblewrap)]]),
    progress: new ProgressReader((id) => jobFolder(join(home, 'jobs'), id)),
    jobsDirectory: join(home, 'jobs'),
    snapshotPath: join(home, 'meta', 'jobs.json'),
    runtimeDirectory,
    server: formatIdentity(ownIdentity()),
    resolve: (request, scripts, report, signal) =>
      resolveEnvironment(request, scripts, { home, config: python, env, report, signal }),
    checkPython: (version) => findPython(version, { home, config: python, env }),
  });
  jobs.open();
  const environments = new EnvironmentCache(config, () => interpretersInUse(lists));
  const upkeep = startUpkeep(environments, lists, log);
  return {
    jobs,
    scripts: libraryOf(config, env),
    environments,
    log,
    hasSandbox: () => !('problem' in bubblewrap()),
    hasGpus: () => capacities.devices.length > 0,
    close() {
      upkeep.stop();
      jobs.close();
    },
  };
}

function startUpkeep(environments: EnvironmentCache, lists: JobLists, log: Log): EnvironmentUpkeep {
  const upkeep = new EnvironmentUpkeep(environments, () => lists.isIdle(), log);
  upkeep.start();
  return upkeep;
}

async function findPython(
  version: string | null,
  surroundings: Pick<EnvironmentContext, 'home' | 'config' | 'env'>,
): Promise<void> {
  const where = { ...surroundings, signal: AbortSignal.timeout(FIND_PYTHON_MS) };
  await (version === null ? defaultInterpreter(where) : interpreterOfVersion(version, where));
}

function libraryOf(config: Config, env: Record<string, string | undefined>): ScriptLibrary {
  const { home, scripts_dir: folder } = config;
  return new ScriptLibrary(folder ?? join(home, 'scripts'), async (specifier) => {
    const signal = AbortSignal.timeout(FIND_PYTHON_MS);
    const where = { home, config: environmentConfig(config), env, signal };
    const found =
      specifier === null ? defaultInterpreter(where) : interpreterSatisfying(specifier, where);
    return (await found).path;
  });
}

function interpretersInUse(lists: JobLists): Set<string> {
  const running = lists
    .active()
    .flatMap(({ state }) => (state.name === 'running' ? [state.launch.interpreter] : []));
  return new Set(running);
}

/** What may be in the home folder before we look. */
const PARTS = [
  'cache',
  'config.toml',
  'envs',
  'jobs',
  'logs',
  'meta',
  'packages',
  'runtime',
  'scripts',
];

/** The home folder belongs to one user: 0700, not a link, nothing in it somebody else's. */
function openHome(home: string): string {
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    const stat = lstatSync(home);
    if (!stat.isDirectory()) throw new Error('it is not a folder');
    refuseForeign(home);
    if ((stat.mode & 0o077) !== 0) chmodSync(home, 0o700);
    for (const part of PARTS) refuseForeign(join(home, part));
    for (const part of ['meta', 'jobs', 'logs', 'scripts', 'runtime']) {
      mkdirSync(join(home, part), { recursive: true, mode: 0o700 });
    }
    return home;
  } catch (error) {
    throw new JobError(
      'storage',
      `The home folder ${home} cannot be used: ${(error as Error).message}. ` +
        'Set PYTHON_MCP_HOME to a folder of your own.',
      { cause: error },
    );
  }
}

/** A link has two owners: its own, and that of what it leads to. */
function refuseForeign(path: string): void {
  for (const look of [lstatSync, statSync]) {
    const uid = look(path, { throwIfNoEntry: false })?.uid;
    if (uid === undefined || uid === process.getuid?.()) continue;
    throw new Error(`${path} belongs to user ${uid}`);
  }
}

/** Finds uv: configured, on PATH, or installed once from the index into `<home>/tools`. */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { JobError, shown } from '../../core/job-error.ts';
import { Newest } from '../../core/newest.ts';
import { unlessAborted } from '../context/abort.ts';
import { runTool, toolEnv, type ToolResult } from '../../os/run-command.ts';
import type { EnvironmentContext } from '../context/context.ts';
import { isShimFolder } from '../interpreters/interpreter-cache.ts';
import { pathFolders } from '../../os/search-path.ts';
import { defaultInterpreter } from '../interpreters/interpreters.ts';
import { pipSources, runPip } from './pip.ts';

/** Not asked of the index again for this long after it could not be installed. */
const RETRY_MS = 10 * 60_000;

/** By target: one for each home. */
const installations = new Newest<string, { since: number; path: Promise<string | null> }>(8);

/** Absolute path, or null when there is none and none can be had. */
export async function findUv(context: EnvironmentContext): Promise<string | null> {
  const { uvPath } = context.config;
  if (uvPath) return configured(uvPath);
  for (const folder of pathFolders(context.env)) {
    const path = join(folder, 'uv');
    if (!isShimFolder(folder) && (await isExecutable(path))) return path;
  }
  const own = join(context.home, 'tools/uv');
  if (await isExecutable(own)) return own;
  return mayInstall(context) ? installOnce(own, context) : null;
}

async function configured(path: string): Promise<string> {
  if (await isExecutable(path)) return path;
  throw new JobError(
    'environment_failed',
    `The configured uv ${shown(path)} is not an executable file. Correct the setting \`uv\` or remove it.`,
  );
}

function mayInstall({ config }: EnvironmentContext): boolean {
  return !config.offline && !config.noIndex;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Shared by all builds; one that was ended with the job that began it is begun again. */
async function installOnce(target: string, context: EnvironmentContext): Promise<string | null> {
  const known = installations.get(target);
  const fresh = known && Date.now() - known.since < RETRY_MS ? known : null;
  const path = fresh?.path ?? install(target, context);
  if (!fresh) installations.set(target, { since: Date.now(), path });
  try {
    return await unlessAborted(path, context.signal);
  } catch {
    context.signal.throwIfAborted();
    if (installations.get(target)?.path === path) installations.delete(target);
    return installOnce(target, context);
  }
}

/** uv is one file: its wheel is unpacked aside and the binary moved into place. */
async function install(target: string, context: EnvironmentContext): Promise<string | null> {
  const aside = join(context.home, 'tools', `.uv-${randomBytes(6).toString('hex')}`);
  await mkdir(aside, { recursive: true, mode: 0o700 });
  try {
    context.report('Installing uv, once for all jobs');
    const { path } = await defaultInterpreter(context);
    const args = ['install', '--target', aside, '--no-deps', '--only-binary', ':all:'];
    const { code } = await runPip(path, [...args, ...pipSources(context), 'uv'], aside, context);
    if (code !== 0) return null;
    await rename(join(aside, 'bin/uv'), target);
    return target;
  } catch (error) {
    context.signal.throwIfAborted();
    context.report(`uv could not be installed: ${(error as Error).message}`);
    return null;
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** Runs `uv <args>`; `more` are additional variables. */
export function runUv(
  uv: string,
  args: string[],
  cwd: string,
  context: EnvironmentContext,
  more: Record<string, string> = {},
): Promise<ToolResult> {
  const { config, report, signal } = context;
  const index = config.indexUrl ? { UV_DEFAULT_INDEX: config.indexUrl } : {};
  // uv trusts its own certificates alone, a company's proxy shows one that the system knows.
  const certificates = context.env['UV_SYSTEM_CERTS'] ?? '1';
  const trusted = { UV_SYSTEM_CERTS: certificates, ...config.buildEnvironment };
  const env = toolEnv(context.env, { ...trusted, ...index, ...more });
  return runTool({ command: uv, args, env, cwd, report, signal });
}

/** Options of `uv pip install` and `uv sync` that follow from the configuration. */
export function uvSources({ config }: EnvironmentContext): string[] {
  return [
    ...config.findLinks.flatMap((place) => ['--find-links', place]),
    ...(config.noIndex ? ['--no-index'] : []),
    ...(config.offline ? ['--offline'] : []),
    ...(config.excludeNewer ? ['--exclude-newer', config.excludeNewer] : []),
    // A hard link into uv's cache would let a script change the package for everybody.
    '--link-mode',
    process.platform === 'darwin' ? 'clone' : 'copy',
  ];
}

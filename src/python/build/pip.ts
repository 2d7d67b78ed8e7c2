/**
 * pip, taken from the wheel that every Python carries for `ensurepip`: works offline, and leaves no
 * pip in the environment through which a script could change it.
 */
import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { JobError } from '../../core/job-error.ts';
import { buildFailure } from './build-failure.ts';
import { makeAtomic } from '../../os/atomic-file.ts';
import { runTool, toolEnv, type ToolResult } from '../../os/run-command.ts';
import type { EnvironmentContext } from '../context/context.ts';
import { fileStamp } from '../../os/file-stamp.ts';

const FIND_WHEEL = [
  'import ensurepip, glob, os',
  'own = os.path.join(os.path.dirname(ensurepip.__file__), "_bundled")',
  'shared = getattr(ensurepip, "_WHEEL_PKG_DIR", None)',
  'for folder in filter(None, (own, shared)):',
  '    for wheel in sorted(glob.glob(os.path.join(folder, "pip-*.whl"))):',
  '        print(wheel)',
].join('\n');

/** Runs `pip <args>` for `python`, the interpreter of the environment to change. */
export async function runPip(
  python: string,
  args: string[],
  cwd: string,
  context: EnvironmentContext,
): Promise<ToolResult> {
  const folder = await pipFolder(python, cwd, context);
  const env = toolEnv(context.env, {
    ...context.config.buildEnvironment,
    PYTHONPATH: folder,
    ...indexVariables(context),
  });
  const { report, signal } = context;
  return runTool({ command: python, args: ['-m', 'pip', ...args], env, cwd, report, signal });
}

/** The wheel unpacked into the home, once: run from the archive pip is compiled anew every time. */
async function pipFolder(
  python: string,
  cwd: string,
  context: EnvironmentContext,
): Promise<string> {
  const wheel = await bundledWheel(python, cwd, context);
  const folder = join(context.home, 'tools', basename(wheel, '.whl'));
  if (fileStamp(folder)) return folder;
  try {
    await makeAtomic(folder, async (aside) => {
      const unpack = ['-m', 'zipfile', '-e', wheel, aside];
      const { code, output } = await quietly(python, unpack, cwd, context);
      if (code !== 0) throw buildFailure('pip could not be unpacked', output, context);
      await withoutMetadata(aside);
    });
  } catch (error) {
    if (!fileStamp(folder)) throw error; // else another process was faster
  }
  return folder;
}

/** Else it takes itself for a package of the environment, and a script that asks for pip gets none. */
async function withoutMetadata(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.dist-info'));
  await Promise.all(names.map((name) => rm(join(folder, name), { recursive: true })));
}

async function bundledWheel(
  python: string,
  cwd: string,
  context: EnvironmentContext,
): Promise<string> {
  const { code, output } = await quietly(python, ['-I', '-c', FIND_WHEEL], cwd, context);
  const wheel = output.trim().split('\n').at(-1);
  if (code === 0 && wheel) return wheel;
  throw new JobError(
    'environment_failed',
    `Packages cannot be installed: ${python} comes without pip (ensurepip) and uv was not found. ` +
      'Install uv (https://docs.astral.sh/uv/) or the python3-venv package of the system.',
  );
}

function quietly(
  python: string,
  args: string[],
  cwd: string,
  { env, signal }: EnvironmentContext,
): Promise<ToolResult> {
  return runTool({ command: python, args, env: toolEnv(env), cwd, report: () => {}, signal });
}

/** The index goes by variable: it may hold a password, and arguments are visible to other users. */
function indexVariables({ config }: EnvironmentContext): Record<string, string> {
  return config.indexUrl ? { PIP_INDEX_URL: config.indexUrl } : {};
}

/** Options of `pip install` that follow from the configuration. */
export function pipSources({ config }: EnvironmentContext): string[] {
  const links = config.findLinks.flatMap((place) => ['--find-links', place]);
  return [...(config.noIndex || config.offline ? ['--no-index'] : []), ...links];
}

/** The environment variables of a job's process. */
import { delimiter } from 'node:path';
import type { Job, JobRequest } from '../../core/job.ts';
import type { ResolvedEnvironment } from '../../python/resolve-environment.ts';
import { type Engine, folderOf } from '../context/job-context.ts';
import { readEnvFile } from '../../os/env-file.ts';
import { pathFor } from './job-program.ts';
import { forSandbox } from './sandbox-environment.ts';
import type { HeldValues } from '../context/held-values.ts';

/** Set where the server runs, meant for it alone; the others name the environment of a Python. */
const OWN_PREFIX = 'PYTHON_MCP_';
const OF_ANOTHER_PYTHON = new Set(['VIRTUAL_ENV', 'PYTHONHOME', '__PYVENV_LAUNCHER__']);

/**
 * Later wins: the server's own environment, the resolver's additions, `env_file`, `env_vars`, and
 * last the names that supervision itself depends on. `given` are those of the caller.
 */
export async function environmentOf(
  engine: Engine,
  job: Job,
  resolved: ResolvedEnvironment,
  held: HeldValues | undefined,
): Promise<{ env: Record<string, string>; given: Record<string, string> }> {
  const { sandbox } = job.request;
  const own = sandbox ? forSandbox(inherited(engine.env), sandbox) : inherited(engine.env);
  const base = { ...own, ...held?.started?.env, ...resolved.env };
  const file = job.request.envFile ? await readEnvFile(job.request.envFile, base) : {};
  const given = { ...file, ...held?.env };
  const asked = { ...base, ...given };
  const { interpreter } = resolved.launch;
  const path = job.request.command ? { PATH: pathFor(interpreter, asked['PATH']) } : {};
  return { env: { ...asked, ...path, ...supervised(engine, job, asked) }, given };
}

function inherited(env: Engine['env']): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    const meant = !name.startsWith(OWN_PREFIX) && !OF_ANOTHER_PYTHON.has(name);
    if (value !== undefined && meant) kept[name] = value;
  }
  return kept;
}

function supervised(
  engine: Engine,
  job: Job,
  asked: Record<string, string>,
): Record<string, string> {
  const folder = folderOf(engine, job.id);
  return {
    // Found again in every descendant: what a job left behind is recognised by this cookie.
    PYTHON_MCP_JOB_ID: job.id,
    PYTHON_MCP_WORK: folder.work,
    PYTHON_MCP_ARTIFACTS: folder.artifacts,
    PYTHON_MCP_RESULT: folder.statedResult,
    ...(job.devices.length > 0 ? { CUDA_VISIBLE_DEVICES: job.devices.join() } : {}),
    // Under an address-space limit, glibc's reserve of 64 MiB per thread would count against it.
    ...(job.request.memoryLimitMb === null ? {} : { MALLOC_ARENA_MAX: '1' }),
    PYTHON_MCP_FLUSH_MS: String(engine.config.flush_interval_ms),
    PYTHONPATH: importPath(engine, asked['PYTHONPATH']),
    ...importFolder(job.request),
    ...screenOf(asked),
    // libgfortran keeps what it prints to a file; to a terminal it does not.
    GFORTRAN_UNBUFFERED_PRECONNECTED: asked['GFORTRAN_UNBUFFERED_PRECONNECTED'] ?? '1',
    ...(asked['MPLBACKEND'] ? {} : { MPLBACKEND: 'module://python_mcp.matplotlib_backend' }),
  };
}

/** Our runtime comes first so that its sitecustomize is the one Python loads; it loads the next. */
function importPath(engine: Engine, given: string | undefined): string {
  return [engine.runtimeDirectory, given].filter(Boolean).join(delimiter);
}

/** For the runtime to put where Python would: PYTHONPATH is before all else, and for children too. */
function importFolder(request: JobRequest): Record<string, string> {
  const { directory, scriptPath, module, command, session } = request;
  if (!directory || module !== undefined || command) return {};
  const place = scriptPath === null || session ? 'first' : 'last';
  return { PYTHON_MCP_FOLDER: directory, PYTHON_MCP_FOLDER_PLACE: place };
}

/** Of a reader that is no terminal, for what draws or cuts by the width of one. */
function screenOf(asked: Record<string, string>): Record<string, string> {
  return { COLUMNS: asked['COLUMNS'] ?? '120', LINES: asked['LINES'] ?? '40' };
}

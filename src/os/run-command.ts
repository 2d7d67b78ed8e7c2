/** Runs uv, pip or `python -m venv`: lines reported live, ended with its whole process group. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { JobError } from '../core/job-error.ts';

export interface ToolRun {
  command: string;
  args: string[];
  env: Record<string, string | undefined>;
  cwd: string;
  report: (line: string) => void;
  signal: AbortSignal;
}

export interface ToolResult {
  /** Null when a signal ended it. */
  code: number | null;
  /** Both streams as they came, the newest 64 KiB. */
  output: string;
}

const GRACE_MS = 2000;
const KEPT = 65_536;

/** Variables that would point an installer at something else than what is built, or slow it down. */
const MISLEADING =
  /^(VIRTUAL_ENV|CONDA_PREFIX|PYTHON(PATH|HOME|STARTUP|DONTWRITEBYTECODE)|__PYVENV_LAUNCHER__|UV_(PROJECT_ENVIRONMENT|PROJECT|PYTHON|SYSTEM_PYTHON|TARGET|FROZEN|LOCKED)|PIP_(TARGET|PREFIX|ROOT|USER|PYTHON|REQUIREMENT|CONSTRAINT|REQUIRE_VIRTUALENV|REPORT|LOG))$/;

/** The server's environment without what would mislead an installer, quiet and without colours. */
export function toolEnv(env: ToolRun['env'], more: ToolRun['env'] = {}): ToolRun['env'] {
  const kept = Object.entries(env).filter(([name]) => !MISLEADING.test(name));
  const quiet = { NO_COLOR: '1', UV_NO_PROGRESS: '1', UV_PYTHON_DOWNLOADS: 'never' };
  return { ...Object.fromEntries(kept), PIP_DISABLE_PIP_VERSION_CHECK: '1', ...quiet, ...more };
}

/** @throws JobError environment_failed when the tool cannot be started; the signal's reason; what `report` throws. */
export async function runTool(run: ToolRun): Promise<ToolResult> {
  run.signal.throwIfAborted();
  const child = spawn(run.command, run.args, {
    cwd: run.cwd,
    env: run.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  // What is said that nobody can note down, on a full disk: its reason is the reason of the end.
  const unheard = new AbortController();
  const take = (line: string) => {
    output = `${output}${line}\n`.slice(-KEPT);
    try {
      run.report(line);
    } catch (error) {
      unheard.abort(error);
    }
  };
  for (const stream of [child.stdout, child.stderr]) readLines(stream, take);
  const signal = AbortSignal.any([run.signal, unheard.signal]);
  const stop = endOnAbort(child, signal);
  try {
    const code = await ended(child, run.command);
    signal.throwIfAborted();
    return { code, output };
  } finally {
    stop();
  }
}

function readLines(stream: Readable, take: (line: string) => void): void {
  createInterface({ input: stream }).on('line', (line) => take(hideCredentials(line)));
}

/** An index URL may hold a password. */
function hideCredentials(line: string): string {
  return line.replace(/\/\/[^/@\s]+@/g, '//***@');
}

function ended(child: ChildProcess, command: string): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => {
      const message = `${command} could not be started (${cause.message}). Correct its path.`;
      reject(new JobError('environment_failed', message, { cause }));
    });
    child.once('close', (code) => resolve(code));
  });
}

function endOnAbort(child: ChildProcess, signal: AbortSignal): () => void {
  let timer: NodeJS.Timeout | undefined;
  const end = () => {
    killGroup(child, 'SIGTERM');
    timer = setTimeout(() => killGroup(child, 'SIGKILL'), GRACE_MS);
  };
  signal.addEventListener('abort', end, { once: true });
  return () => {
    signal.removeEventListener('abort', end);
    clearTimeout(timer);
  };
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    return; // the group is gone
  }
}

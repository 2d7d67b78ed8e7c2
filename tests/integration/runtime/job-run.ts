/** Runs a script as the product does: a shell that leads the group, files as output. */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';

export const RUNTIME = resolve(import.meta.dirname, '../../../runtime');
export const FIXTURES = resolve(import.meta.dirname, '../../fixtures/runtime');

/** Outlives the signals that the runtime sends to the whole group, as the real supervisor does. */
const SUPERVISOR = 'trap : INT TERM; "$@"; exit $?';

export interface RunOptions {
  /** false: as if python-mcp were not there. */
  runtime?: boolean;
  env?: Record<string, string>;
  args?: string[];
  /** Put in the place of the output files. */
  stdout?: string;
}

export interface JobRun {
  folder: string;
  stdout: () => string;
  stderr: () => string;
  /** Content of a file that the runtime left, or null. */
  left: (name: string) => string | null;
  child: ChildProcess;
  ended: Promise<number | null>;
}

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Of the runtime, in the job's work directory. */
const CONTROL = '.python_mcp';

/** A folder that is gone when the test has finished. */
export function scratchFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'python-mcp-runtime-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A file of its own for inline code. */
export function scriptOf(code: string, folder: string = scratchFolder()): string {
  const path = join(folder, 'script.py');
  writeFileSync(path, code);
  return path;
}

export function startRun(python: string, command: string[], options: RunOptions = {}): JobRun {
  const folder = scratchFolder();
  const work = join(folder, 'work');
  mkdirSync(join(work, CONTROL), { recursive: true });
  const files = { stdout: join(folder, 'stdout.log'), stderr: join(folder, 'stderr.log') };
  const [out, err] = [openSync(files.stdout, 'a'), openSync(files.stderr, 'a')];
  const child = spawn('/bin/sh', ['-c', SUPERVISOR, 'sh', python, ...command], {
    detached: true,
    cwd: work,
    stdio: ['ignore', out, err],
    env: environmentOf(work, options),
  });
  closeSync(out);
  closeSync(err);
  const ended = new Promise<number | null>((done) => child.on('exit', (code) => done(code)));
  onTestFinished(() => endGroup(child));
  return {
    folder,
    child,
    ended,
    stdout: () => readFileSync(files.stdout, 'utf8'),
    stderr: () => readFileSync(files.stderr, 'utf8'),
    left: (name) => readIfThere(join(work, CONTROL, name)),
  };
}

export async function runToEnd(
  python: string,
  command: string[],
  options: RunOptions = {},
): Promise<Ended & { left: JobRun['left'] }> {
  const run = startRun(python, command, options);
  const code = await run.ended;
  return { code, stdout: run.stdout(), stderr: run.stderr(), left: run.left };
}

function environmentOf(work: string, options: RunOptions): Record<string, string> {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('PYTHON'));
  const base = Object.fromEntries(own.map(([name, value]) => [name, value ?? '']));
  const before = options.env?.['PYTHONPATH'];
  const ours = {
    PYTHONPATH: before ? `${RUNTIME}:${before}` : RUNTIME,
    PYTHON_MCP_JOB_ID: 'test',
    PYTHON_MCP_WORK: work,
    PYTHON_MCP_ARTIFACTS: join(work, 'artifacts'),
  };
  return { ...base, ...options.env, ...(options.runtime === false ? {} : ours) };
}

function readIfThere(path: string): string | null {
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

/** Whatever the test left running. The group is the child's own. */
function endGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // all gone
  }
}

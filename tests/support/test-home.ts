/** A home folder for a test or a file, removed at its end, when no process of its jobs may be left. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { inject, onTestFinished } from 'vitest';
import { JOB_ID_VARIABLE, liveProcesses } from '../../src/os/process-table.ts';
import { waitFor } from './wait-for.ts';

/** The published program; another installation can be named to run the same tests against it. */
export const PROGRAM =
  process.env['PYTHON_MCP_TEST_PROGRAM'] ??
  resolve(import.meta.dirname, '../../bin/python-mcp.cjs');

/** What runs it; `npm run test:nodes` names others. */
export const NODE = process.env['PYTHON_MCP_TEST_NODE'] ?? process.execPath;

/** The interpreter itself, not a shim of a version manager. */
export const PYTHON = inject('python');

/** How long the sweep behind an ended job may take before what is left counts as a leak. */
const SWEPT_WITHIN_MS = 20_000;

export interface TestHome {
  /** PYTHON_MCP_HOME. */
  home: string;
  /** An empty folder for scripts and what they write. */
  work: string;
  jobIds(): string[];
  output(jobId: string, stream: 'stdout' | 'stderr'): Buffer;
  /** Ids of the living processes that carry the mark of a job of this home. */
  processes(jobId?: string): Promise<number[]>;
}

/** @param finish ends what still runs, before the search for leaks. */
export function testHome(finish: () => Promise<void> = async () => {}): TestHome {
  const { test, end } = newHome(finish);
  onTestFinished(end);
  return test;
}

/** A home that is removed by `end`, for more than one test. */
export function newHome(finish: () => Promise<void>): { test: TestHome; end: () => Promise<void> } {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'python-mcp-e2e-')));
  const [home, work] = [join(root, 'home'), join(root, 'work')];
  mkdirSync(work);
  const test: TestHome = {
    home,
    work,
    jobIds: () => namesIn(join(home, 'jobs')),
    output: (id, stream) => readIfThere(join(home, 'jobs', id, `${stream}.log`)),
    processes: (id) => markedProcesses(id === undefined ? test.jobIds() : [id]),
  };
  const end = async (): Promise<void> => {
    try {
      await finish();
      await refuseLeaks(test);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  };
  return { test, end };
}

export async function refuseLeaks(test: TestHome): Promise<void> {
  const none = async () => (await test.processes()).length === 0;
  await waitFor(none, SWEPT_WITHIN_MS, 'the end of all processes').catch(() => {});
  const leaked = await test.processes();
  for (const pid of leaked) process.kill(pid, 'SIGKILL');
  if (leaked.length > 0)
    throw new Error(`processes of jobs were left behind: ${leaked.join(', ')}`);
}

async function markedProcesses(jobIds: string[]): Promise<number[]> {
  const marks = new Set(jobIds.map((id) => `${JOB_ID_VARIABLE}=${id}`));
  const found: number[] = [];
  if (marks.size === 0) return found;
  for await (const { pid } of liveProcesses()) {
    if (environmentOf(pid).some((entry) => marks.has(entry))) found.push(pid);
  }
  return found;
}

function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
  } catch {
    return []; // gone, or another user's
  }
}

/** Output files appear with the launch. */
function readIfThere(path: string): Buffer {
  return existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

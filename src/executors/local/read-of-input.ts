/**
 * Whether a process of a job sits in a read of the job's standard input, as the kernel tells it: what
 * the script has printed says nothing of that. Linux only; elsewhere it is never known.
 */
import { readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';

/** `read` and `readv` by processor. */
const READS: Record<string, readonly string[]> = { x64: ['0', '19'], arm64: ['63', '65'] };

/** A thread that sits in a read of a job's input. */
export interface Reading {
  pid: number;
  thread: string;
}

/** The pipe that is the standard input of a job; null when it has none. */
export function inputPipe(jobDir: string): Stats | null {
  const pipe = statSync(join(jobDir, 'stdin'), { throwIfNoEntry: false });
  return pipe?.isFIFO() ? pipe : null;
}

/**
 * Looks below a process, at about 0.1 ms for each. Exact: a pipe that has something to be read holds up
 * nobody.
 */
export function readBelow(parent: number, pipe: Stats): Reading | null {
  const left = childrenOf(parent, [String(parent)]); // the shell of a supervisor has one thread
  for (let pid = left.pop(); pid !== undefined; pid = left.pop()) {
    const threads = threadsOf(pid);
    for (const thread of threads) if (sitsInRead({ pid, thread }, pipe)) return { pid, thread };
    left.push(...childrenOf(pid, threads));
  }
  return null;
}

/** Whoever it is: nobody but a process of the job has the pipe. */
export function sitsInRead({ pid, thread }: Reading, pipe: Stats): boolean {
  const call = textOf(`/proc/${pid}/task/${thread}/syscall`);
  if (call === '') return restsAtItsOnlyPipe(pid, thread, pipe);
  const [number = '', descriptor = ''] = call.split(' ');
  if (!READS[process.arch]?.includes(number)) return false;
  return isPipe(`/proc/${pid}/fd/${Number(descriptor)}`, pipe);
}

/**
 * Which descriptor is read is not for us to see where only ancestors may trace (Yama): then it must be
 * the only pipe that this process can read from.
 */
export function restsAtItsOnlyPipe(pid: number, thread: string, pipe: Stats): boolean {
  if (!textOf(`/proc/${pid}/task/${thread}/wchan`).includes('pipe_read')) return false;
  const readable = entriesOf(`/proc/${pid}/fd`).filter((fd) => isReadablePipe(pid, fd));
  return readable.length > 0 && readable.every((fd) => isPipe(`/proc/${pid}/fd/${fd}`, pipe));
}

/** Access mode 1 is write only. */
function isReadablePipe(pid: number, fd: string): boolean {
  const flags = /^flags:\s+(\d+)$/m.exec(textOf(`/proc/${pid}/fdinfo/${fd}`))?.[1];
  const isWriteOnly = (Number.parseInt(flags ?? '0', 8) & 3) === 1;
  return !isWriteOnly && Boolean(statOf(`/proc/${pid}/fd/${fd}`)?.isFIFO());
}

function isPipe(link: string, { dev, ino }: Stats): boolean {
  const seen = statOf(link);
  return seen?.ino === ino && seen.dev === dev;
}

/** Any thread may start one. */
function childrenOf(pid: number, threads: string[]): number[] {
  return threads.flatMap((thread) =>
    textOf(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number),
  );
}

function threadsOf(pid: number): string[] {
  return entriesOf(`/proc/${pid}/task`);
}

/** What has ended, or is not for us to see, has nothing. */
function entriesOf(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function statOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

/** The folder of one job: where its files are and how they are made. */
import { closeSync, constants, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export interface JobFolder {
  /** Control files: only we write here. */
  root: string;
  /** The only part the job itself may write. */
  work: string;
  artifacts: string;
  tmp: string;
  /** Inline code. */
  script: string;
  stdout: string;
  stderr: string;
  environmentLog: string;
  /** Written by the Python runtime: in which order the streams grew. */
  order: string;
  /** Its creator asks the script to end at its time limit: the server or the Python runtime. */
  deadline: string;
  /** Written by runtime/benchmark.py. */
  benchmark: string;
}

export type Stream = 'stdout' | 'stderr';
export const STREAMS = ['stdout', 'stderr'] as const;

export function jobFolder(jobsDirectory: string, id: string): JobFolder {
  const root = join(jobsDirectory, id);
  const work = join(root, 'work');
  return {
    root,
    work,
    artifacts: join(work, 'artifacts'),
    tmp: join(work, 'tmp'),
    script: join(work, 'script.py'),
    stdout: join(root, 'stdout.log'),
    stderr: join(root, 'stderr.log'),
    environmentLog: join(root, 'environment.log'),
    order: join(work, 'order'),
    deadline: join(work, 'deadline'),
    benchmark: join(work, 'benchmark.json'),
  };
}

export function createJobFolder(folder: JobFolder): void {
  mkdirSync(folder.root, { mode: 0o700 });
  mkdirSync(folder.work, { mode: 0o700 });
  mkdirSync(folder.artifacts, { mode: 0o700 });
  mkdirSync(folder.tmp, { mode: 0o700 });
}

/**
 * Opens an output file for the script. O_APPEND: every writer that inherits the descriptor adds at
 * the end, whatever else happens to the file.
 */
export function openForAppend(path: string): number {
  const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW } = constants;
  return openSync(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0o600);
}

/** Creates a file of ours and refuses to follow or overwrite anything that is there already. */
export function writeNewFile(path: string, text: string): void {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const fd = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
  } finally {
    closeSync(fd);
  }
}

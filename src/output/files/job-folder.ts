/** The folder of one job: where its files are and how they are made. */
import { closeSync, constants, existsSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export interface JobFolder {
  /** Control files: only we write here. */
  root: string;
  /** The only part the job itself may write. */
  work: string;
  artifacts: string;
  tmp: string;
  /** Inline code. */
  script: string;
  /** The same of the script that a benchmark compares with the first. */
  comparedScript: string;
  stdout: string;
  stderr: string;
  environmentLog: string;
  /** What the Python runtime writes, hidden from the names that a script likes to use. */
  control: string;
  /** Requests and records of a session's cells, see runtime/python_mcp_session/files.py. */
  cells: string;
  /** In which order the streams grew. */
  order: string;
  /** Its creator asks the script to end: a server or, at its time limit, the Python runtime. */
  deadline: string;
  /** Exists while somebody wants to know where its Python code is … */
  stackAsked: string;
  /** … and what was told of it. */
  stack: string;
  /** Written by runtime/benchmark.py. */
  benchmark: string;
  /** How the script ended, and what it used. */
  usage: string;
  /** What a script states as its result. */
  statedResult: string;
  /** How often the kernel had killed for memory when the script started. */
  memory: string;
  /** A line for each picture that the script saved. */
  pictures: string;
  /** How many figures it drew, and neither showed nor saved. */
  figures: string;
}

export type Stream = 'stdout' | 'stderr';
export const STREAMS = ['stdout', 'stderr'] as const;

const CONTROL_FOLDER = '.python_mcp';

export function jobFolder(jobsDirectory: string, id: string): JobFolder {
  const root = join(jobsDirectory, id);
  const work = join(root, 'work');
  const control = join(work, CONTROL_FOLDER);
  return {
    root,
    work,
    artifacts: join(work, 'artifacts'),
    tmp: join(work, 'tmp'),
    script: join(work, 'script.py'),
    comparedScript: join(work, 'compared.py'),
    stdout: join(root, 'stdout.log'),
    stderr: join(root, 'stderr.log'),
    environmentLog: join(root, 'environment.log'),
    control,
    cells: join(control, 'cells'),
    order: join(control, 'order'),
    usage: join(control, 'usage.json'),
    deadline: join(control, 'deadline'),
    stackAsked: join(control, 'stack.ask'),
    stack: join(control, 'stack'),
    benchmark: join(control, 'benchmark.json'),
    statedResult: join(control, 'result.json'),
    memory: join(control, 'memory.json'),
    pictures: join(control, 'pictures.jsonl'),
    figures: join(control, 'figures.json'),
  };
}

export function createJobFolder(folder: JobFolder): void {
  mkdirSync(folder.root, { mode: 0o700 });
  mkdirSync(folder.work, { mode: 0o700 });
  mkdirSync(folder.control, { mode: 0o700 });
  mkdirSync(folder.artifacts, { mode: 0o700 });
  mkdirSync(folder.tmp, { mode: 0o700 });
}

/** Where the runtime of earlier versions, whose jobs have no control folder, left the same file. */
export function inEarlierPlace(path: string): string | null {
  const control = dirname(path);
  if (basename(control) !== CONTROL_FOLDER || existsSync(control)) return null;
  return join(dirname(control), basename(path));
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

/**
 * Standard input of a running interactive job: a named pipe in its folder, see supervise.sh. It
 * belongs to the folder, so any server can write to any job.
 */
import { closeSync, existsSync, lstatSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { JobError } from '../../core/job-error.ts';
import { openSafely } from '../../os/safe-open.ts';
import { readExit } from './supervisor-record.ts';

const PIPE = 'stdin';
/** Opening it for writing closes the standard input … */
const CLOSE_PIPE = 'stdin.close';
/** … and then this appears. */
const CLOSED_MARK = 'stdin.closed';

/** What a pipe takes whole or not at all, so that two writers never mix (POSIX: at least 512). */
const ATOMIC_BYTES = process.platform === 'linux' ? 4096 : 512;
const POLL_MS = 5;
/** How long a job may take from its start until it can take input. */
const OPEN_LIMIT_MS = 2000;

/**
 * Waits while the pipe is full, up to `timeoutMs`.
 * @returns bytes written; fewer than the text has when the script did not read on. Always up to the
 * end of a character.
 * @throws JobError `job_not_running` when the script has ended or has closed its standard input.
 */
export async function writeInput(jobDir: string, text: string, timeoutMs: number): Promise<number> {
  const deadline = performance.now() + timeoutMs;
  if (existsSync(join(jobDir, CLOSED_MARK))) throw inputClosed(0);
  const pipe = await openPipe(jobDir, PIPE, Math.min(timeoutMs, OPEN_LIMIT_MS));
  if (pipe === null) throw inputClosed(0);
  try {
    return await writeChunks(pipe, Buffer.from(text), deadline);
  } finally {
    closeSync(pipe);
  }
}

/**
 * The script reads to the end of what was written and then sees end of file. Nothing to do, and no
 * error, when the input is closed already.
 */
export async function closeInput(jobDir: string): Promise<void> {
  const isClosed = () => existsSync(join(jobDir, CLOSED_MARK));
  if (isClosed()) return;
  const pipe = await openPipe(jobDir, CLOSE_PIPE, OPEN_LIMIT_MS);
  if (pipe === null) return;
  closeSync(pipe);
  await until(OPEN_LIMIT_MS, isClosed);
}

/** Null when nobody reads from the pipe in time, or the script has ended. */
async function openPipe(jobDir: string, name: string, limitMs: number): Promise<number | null> {
  let pipe: number | null = null;
  await until(limitMs, () => {
    pipe = tryOpen(join(jobDir, name));
    return pipe !== null || readExit(jobDir) !== null;
  });
  if (pipe === null && !existsSync(join(jobDir, name))) throw notInteractive();
  return pipe;
}

/** Null when the pipe is not there or has no reader, yet or any more. */
function tryOpen(path: string): number | null {
  const pipe = openSafely(path, 'fifo');
  if (pipe) return pipe.fd;
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there && !there.isFIFO()) throw notInteractive();
  return null;
}

async function writeChunks(pipe: number, bytes: Buffer, deadline: number): Promise<number> {
  let written = 0;
  while (written < bytes.length) {
    const chunk = bytes.subarray(written, endOfChunk(bytes, written));
    if (tryWrite(pipe, chunk, written)) written += chunk.length;
    else if (performance.now() < deadline) await sleep(POLL_MS);
    else break;
  }
  return written;
}

function endOfChunk(bytes: Buffer, start: number): number {
  let end = Math.min(start + ATOMIC_BYTES, bytes.length);
  while (end < bytes.length && (Number(bytes[end]) & 0xc0) === 0x80) end -= 1; // inside a character
  return end;
}

function tryWrite(pipe: number, chunk: Buffer, before: number): boolean {
  try {
    writeSync(pipe, chunk);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return false;
    throw inputClosed(before, error);
  }
}

async function until(limitMs: number, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!holds() && performance.now() < deadline) await sleep(POLL_MS);
}

function inputClosed(written: number, cause?: unknown): JobError {
  const taken = written > 0 ? ` after ${written} bytes` : '';
  return new JobError(
    'job_not_running',
    `The script takes no more input: its standard input was closed${taken}. Read its output to see how far it got.`,
    { cause },
  );
}

function notInteractive(): JobError {
  return new JobError(
    'invalid_request',
    'The job has no open standard input. Start it with interactive: true to send input later.',
  );
}

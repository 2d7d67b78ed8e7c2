/**
 * Asks the Pythons of a job where they are. They tell it themselves, see python_mcp_job/stacks.py: the
 * thread beside the script at its next look; or, where C code keeps the interpreter to itself, on a
 * signal. Whoever can be asked catches SIGURG; to all others it does nothing. Linux only.
 */
import { closeSync, constants, openSync, readFileSync, rmSync } from 'node:fs';
import { relative } from 'node:path';
import { constants as system } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { readFully } from '../../os/read-fully.ts';
import { openInside } from '../../os/safe-open.ts';
import type { ProcessEntry } from '../../os/process-table.ts';
import type { JobFolder } from '../../output/files/job-folder.ts';
import type { ProcessStack } from '../executor.ts';
import { findMembers, type KillTarget, searchFor, signalExactly } from './job-members.ts';

/** Without a lock to wait for it takes two seconds at most: so seldom does a quiet Python look. */
const PATIENCE_MS = 5_000;
/** How long an answer to the signal may take, and when it is whole. */
const DUMP_MS = 1_000;
const QUIET_MS = 100;
const POLL_MS = 20;
const MOST_BYTES = 256 * 1024;
/** What one process tells, under its own number. */
const ANSWER = /^process (\d+)\n(.*?)^end\n/gmsu;

interface Asked {
  entry: ProcessEntry;
  /** As its own PID namespace counts. */
  ownPid: number;
}

/** Of every process that answers; none when nobody can be asked. */
export async function askForStacks(target: KillTarget, folder: JobFolder): Promise<ProcessStack[]> {
  const members = await findMembers(searchFor(target, null));
  const asked = members.flatMap((entry) => listener(entry));
  const from = sizeOf(folder);
  if (asked.length === 0 || !leaveQuestion(folder.stackAsked)) return [];
  try {
    const answers = await wait(folder, from, asked);
    for (const { entry, ownPid } of asked) {
      if (!answers.has(ownPid)) answers.set(ownPid, await onSignal(target, folder, entry));
    }
    return asked.flatMap(({ entry: { pid }, ownPid }) => {
      const text = answers.get(ownPid) ?? '';
      return text === '' ? [] : [{ pid, text }];
    });
  } finally {
    rmSync(folder.stackAsked, { force: true });
  }
}

/** A process that catches the signal, or none. */
function listener(entry: ProcessEntry): Asked[] {
  try {
    const status = readFileSync(`/proc/${entry.pid}/status`, 'latin1');
    const caught = BigInt(`0x${/^SigCgt:\s+([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
    if (((caught >> BigInt(system.signals.SIGURG - 1)) & 1n) === 0n) return [];
    return [{ entry, ownPid: Number(/^NSpid:.*?(\d+)$/m.exec(status)?.[1] ?? entry.pid) }];
  } catch {
    return []; // gone, or there is no /proc
  }
}

/** A new file each time: that is what makes it a new question. */
function leaveQuestion(path: string): boolean {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  try {
    rmSync(path, { force: true });
    closeSync(openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600));
    return true;
  } catch {
    return false; // another server asks this moment, or the disk is full
  }
}

/** By own pid, of those who answered in time. */
async function wait(
  folder: JobFolder,
  from: number,
  asked: readonly Asked[],
): Promise<Map<number, string>> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const told = [...readFrom(folder, from).matchAll(ANSWER)];
    const answers = new Map(told.map(([, pid, text = '']) => [Number(pid), text]));
    if (asked.every(({ ownPid }) => answers.has(ownPid))) return answers;
    if (performance.now() > deadline) return answers;
    await sleep(POLL_MS);
  }
}

/** What faulthandler writes, in several pieces. */
async function onSignal(
  target: KillTarget,
  folder: JobFolder,
  entry: ProcessEntry,
): Promise<string> {
  const from = sizeOf(folder);
  if (listener(entry).length === 0) return '';
  signalExactly(searchFor(target, null), entry, 'SIGURG');
  const deadline = performance.now() + DUMP_MS;
  let [size, since] = [from, performance.now()];
  while (performance.now() < deadline && (size === from || performance.now() - since < QUIET_MS)) {
    await sleep(POLL_MS);
    const now = sizeOf(folder);
    if (now !== size) [size, since] = [now, performance.now()];
  }
  return readFrom(folder, from).replace(ANSWER, '');
}

function sizeOf(folder: JobFolder): number {
  return withStack(folder, (_fd, size) => size) ?? 0;
}

function readFrom(folder: JobFolder, from: number): string {
  const read = (fd: number, size: number): string =>
    readFully(fd, from, Math.max(0, Math.min(size - from, MOST_BYTES))).toString('utf8');
  return withStack(folder, read) ?? '';
}

/** Null when there is none, or not one that a job may have put there. */
function withStack<T>(folder: JobFolder, use: (fd: number, size: number) => T): T | null {
  const file = openInside(folder.root, relative(folder.root, folder.stack));
  if (file === null) return null;
  try {
    return use(file.fd, file.stats.size);
  } finally {
    closeSync(file.fd);
  }
}

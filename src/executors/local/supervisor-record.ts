/**
 * What the supervisor of a job left in its folder: who it is and how the script ended. The script
 * can write there too (no sandbox), so files are opened as hostile and believed only in full form.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessIdentity } from '../../os/process-identity.ts';

export const SUPERVISOR_FILE = 'supervisor.json';
export const EXIT_FILE = 'exit';

/** Neither follows a link nor waits for the other end of a pipe. */
const SAFELY = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const MAX_RECORD_BYTES = 512;
const EXIT_CODE = /^(\d{1,3});/;

export interface ExitRecord {
  /** 128 + n after signal n; 126 and 127 when the interpreter could not be executed. */
  code: number;
  /** Unix milliseconds. */
  endedAt: number;
}

/** `starting`: the run has been claimed, and its supervisor is about to say who it is. */
export function readSupervisor(jobDir: string): ProcessIdentity | 'starting' | null {
  const record = readRecord(join(jobDir, SUPERVISOR_FILE));
  return record && (parseSupervisor(record.text) ?? 'starting');
}

/** When the supervisor started, a moment before the script; Unix milliseconds. */
export function startedAt(jobDir: string): number | null {
  return readRecord(join(jobDir, SUPERVISOR_FILE))?.modifiedAt ?? null;
}

/** Null until the supervisor has recorded the end. */
export function readExit(jobDir: string): ExitRecord | null {
  const record = readRecord(join(jobDir, EXIT_FILE));
  const digits = record && EXIT_CODE.exec(record.text)?.[1];
  const code = Number(digits);
  return record && digits && code <= 255 ? { code, endedAt: record.modifiedAt } : null;
}

function parseSupervisor(text: string): ProcessIdentity | null {
  try {
    const { pid, start, boot } = JSON.parse(text) as Partial<ProcessIdentity>;
    const sound =
      Number.isSafeInteger(pid) && typeof start === 'string' && typeof boot === 'string';
    return sound && Number(pid) > 1 ? { pid: Number(pid), start: start.trim(), boot } : null;
  } catch {
    return null; // not written to its end yet
  }
}

function readRecord(path: string): { text: string; modifiedAt: number } | null {
  const fd = openRecord(path);
  if (fd === null) return null;
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile()) return null;
    const buffer = Buffer.alloc(MAX_RECORD_BYTES);
    const length = readSync(fd, buffer, 0, buffer.length, 0);
    return { text: buffer.toString('latin1', 0, length), modifiedAt: Math.round(stats.mtimeMs) };
  } finally {
    closeSync(fd);
  }
}

function openRecord(path: string): number | null {
  try {
    return openSync(path, SAFELY);
  } catch {
    return null; // not there yet, or a link that somebody planted
  }
}

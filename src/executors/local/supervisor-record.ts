/**
 * What the supervisor of a job left in its folder: who it is and how the script ended. The script
 * can write there too (no sandbox), so files are opened as hostile and believed only in full form.
 */
import { closeSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessIdentity } from '../../os/process-identity.ts';
import type { ExitRecord } from '../executor.ts';
import { readFully } from '../../os/read-fully.ts';
import { openSafely } from '../../os/safe-open.ts';

export const SUPERVISOR_FILE = 'supervisor.json';
export const EXIT_FILE = 'exit';

const MAX_RECORD_BYTES = 512;
const EXIT_CODE = /^(\d{1,3});/;

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

/** Records of older versions name no namespace. */
function parseSupervisor(text: string): ProcessIdentity | null {
  try {
    const { pid, start, boot, namespace } = JSON.parse(text) as Partial<ProcessIdentity>;
    const isSound = Number.isSafeInteger(pid) && Number(pid) > 1;
    if (!isSound || typeof start !== 'string' || typeof boot !== 'string') return null;
    return { pid: Number(pid), start: start.trim(), boot, namespace: namespace || null };
  } catch {
    return null; // not written to its end yet
  }
}

function readRecord(path: string): { text: string; modifiedAt: number } | null {
  const record = openSafely(path);
  if (record === null) return null;
  try {
    const text = readFully(record.fd, 0, MAX_RECORD_BYTES).toString('latin1');
    return { text, modifiedAt: Math.round(record.stats.mtimeMs) };
  } finally {
    closeSync(record.fd);
  }
}

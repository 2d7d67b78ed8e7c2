/**
 * One of all processes of a home: a file that names who does something. It appears with its content
 * or not at all, and is touched while it is held. A dead holder's file is taken over; of a holder in
 * another PID namespace nobody can tell whether it lives, so that one's is taken over only when it
 * has not been touched for a while (docs/decisions/0034-the-namespace-of-a-process.md).
 */
import { randomBytes } from 'node:crypto';
import {
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { writeAtomic } from './atomic-file.ts';
import { every } from './every.ts';
import { formatIdentity, ownIdentity, probeText } from './process-identity.ts';

export interface PidFile {
  release(): void;
}

const TOUCH_EVERY_MS = 10_000;
/** Longer than a busy machine keeps a living holder from touching it. */
const LEFT_AFTER_MS = 120_000;
const ATTEMPTS = 3;
const QUIET = { error: () => {} };

/** Null while another process holds it. @param fields what else the file says, for its readers. */
export function takePidFile(path: string, fields: object = {}): PidFile | null {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const who = { ...fields, process: formatIdentity(ownIdentity()) };
  const own = `${JSON.stringify({ ...who, key: randomBytes(8).toString('hex') }, null, 2)}\n`;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (isPlaced(path, own)) return held(path, own);
    const other = read(path);
    if (other !== null && isHeld(path, other)) return null;
    if (other !== null) removeLeft(path, other);
  }
  return null;
}

/** What the file says, whether or not its writer still lives; null when it is none of ours. */
export function readPidFile(path: string): Record<string, unknown> | null {
  try {
    const record: unknown = JSON.parse(read(path) ?? '');
    return typeof record === 'object' ? (record as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}

/** Whether the file is there and its writer may be alive. */
export function isPidFileHeld(path: string): boolean {
  const text = read(path);
  return text !== null && isHeld(path, text);
}

function isHeld(path: string, text: string): boolean {
  const presence = probeText(processIn(text));
  return presence === 'alive' || (presence === 'unknown' && !isLeft(path));
}

function isLeft(path: string): boolean {
  const touchedAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return Date.now() - touchedAt > LEFT_AFTER_MS;
}

function processIn(text: string): string {
  try {
    return String((JSON.parse(text) as { process?: unknown } | null)?.process);
  } catch {
    return '';
  }
}

function held(path: string, own: string): PidFile {
  const touching = every(TOUCH_EVERY_MS, 'touching a pid file', () => touch(path, own), QUIET);
  return {
    release() {
      touching.stop();
      try {
        if (read(path) === own) rmSync(path, { force: true });
      } catch {
        return; // the folder is gone, or may not be written: there is nothing to give back
      }
    },
  };
}

/** Another may have taken it over, from a process that was stopped for long. */
function touch(path: string, own: string): void {
  const now = Date.now() / 1000;
  if (read(path) === own) utimesSync(path, now, now);
}

function isPlaced(path: string, text: string): boolean {
  try {
    writeAtomic(path, text, { replace: false });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Two may find the same dead holder: what was moved away by mistake is put back. */
function removeLeft(path: string, holder: string): void {
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    renameSync(path, aside);
    if (read(aside) !== holder) linkSync(aside, path);
  } catch {
    return; // somebody else did it
  } finally {
    rmSync(aside, { force: true });
  }
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

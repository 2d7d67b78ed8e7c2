/**
 * meta/serve.json: where the server of this home runs and with which token, for its user's own
 * programs. Only one server may hold it; one left by a dead process is taken over.
 */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

export interface ServeRecord {
  url: string;
  token: string;
  /** Identity of the serving process: pid, start time and boot. */
  process: string;
}

/** Tells whether the process of an identity still runs. */
export type IsAlive = (identity: string) => boolean;

const ATTEMPTS = 5;

/** Publishes `own`, or returns the record of the living server that was first. */
export function claimServeRecord(
  path: string,
  own: ServeRecord,
  isAlive: IsAlive,
): ServeRecord | null {
  const aside = `${path}.${process.pid}`;
  rmSync(aside, { force: true });
  writeFileSync(aside, `${JSON.stringify(own, null, 2)}\n`, { flag: 'wx', mode: 0o600 });
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      if (linkIfFree(aside, path)) return null;
      const first = readServeRecord(path);
      if (first && isAlive(first.process)) return first;
      removeStale(path, isAlive);
    }
    return readServeRecord(path);
  } finally {
    rmSync(aside, { force: true });
  }
}

/** Null when there is none, or none that can be read. */
export function readServeRecord(path: string): ServeRecord | null {
  try {
    const { url, token, process: identity } = JSON.parse(readFileSync(path, 'utf8'));
    const sound = [url, token, identity].every((value) => typeof value === 'string');
    return sound ? { url, token, process: identity } : null;
  } catch {
    return null;
  }
}

/** Only our own: another server may have taken the place of a record that we lost. */
export function releaseServeRecord(path: string, own: ServeRecord): void {
  if (readServeRecord(path)?.token === own.token) rmSync(path, { force: true });
}

function linkIfFree(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Moved away before it is judged again: what somebody put there meanwhile is put back. */
function removeStale(path: string, isAlive: IsAlive): void {
  const moved = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, moved);
  } catch {
    return; // somebody else did it
  }
  const record = readServeRecord(moved);
  if (record && isAlive(record.process)) linkIfFree(moved, path);
  rmSync(moved, { force: true });
}

/**
 * The server's own diagnostics: JSON lines in logs/server.log. Standard output belongs to the
 * protocol, and clients show standard error to people, so only what they must see goes there.
 */
import { appendFileSync, renameSync, statSync } from 'node:fs';
import { Newest } from '../core/newest.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

type Write = (message: string, fields?: Record<string, unknown>) => void;
export type Log = Record<LogLevel, Write>;

interface Said {
  at: number;
  /** Times it would have been said again since. */
  again: number;
}

const ORDER: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 };
const ROTATE_AT_BYTES = 8 * 1024 * 1024;
/** What goes wrong over and over again is said this often. */
const REPEAT_AFTER_MS = 60_000;
const MOST_REMEMBERED = 500;

/**
 * One record per line: JSON escapes whatever a message may contain. Nothing here ever throws: a full
 * disk must not take the server down for want of a diagnostic.
 */
export function openLog(path: string, least: LogLevel, rotateAt = ROTATE_AT_BYTES): Log {
  const said = new Newest<string, Said>(MOST_REMEMBERED);
  const writer =
    (level: LogLevel): Write =>
    (message, fields = {}) => {
      if (ORDER[level] < ORDER[least]) return;
      try {
        const repeated = ORDER[level] < ORDER.warn ? {} : repetition(said, message, fields);
        if (repeated) append(path, rotateAt, { level, message, ...fields, ...repeated });
      } catch {
        // nowhere left to say it
      }
    };
  const [debug, info, warn, error] = [
    writer('debug'),
    writer('info'),
    writer('warn'),
    writer('error'),
  ];
  return { debug, info, warn, error };
}

/** Null when the same was said a short while ago, else how often it was kept back since. */
function repetition(said: Newest<string, Said>, message: string, fields: object): object | null {
  const key = `${message} ${JSON.stringify(fields)}`;
  const before = said.get(key);
  const now = performance.now();
  if (before && now - before.at < REPEAT_AFTER_MS) {
    before.again += 1;
    return null;
  }
  said.set(key, { at: now, again: 0 });
  return before?.again ? { repeated: before.again } : {};
}

function append(path: string, rotateAt: number, record: object): void {
  rotate(path, rotateAt);
  const line = { time: new Date().toISOString(), pid: process.pid, ...record };
  appendFileSync(path, `${JSON.stringify(line)}\n`, { mode: 0o600 });
}

function rotate(path: string, rotateAt: number): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > rotateAt) renameSync(path, `${path}.1`);
}

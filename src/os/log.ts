/**
 * The server's own diagnostics: JSON lines in logs/server.log. Standard output belongs to the
 * protocol, and clients show standard error to people, so only what they must see goes there.
 */
import { appendFileSync, renameSync, statSync } from 'node:fs';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface Log {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

const ORDER: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 };
const ROTATE_AT_BYTES = 8 * 1024 * 1024;

/** One record per line: JSON escapes whatever a message may contain. */
export function openLog(path: string, least: LogLevel): Log {
  rotate(path);
  const writer =
    (level: LogLevel) =>
    (message: string, fields: Record<string, unknown> = {}): void => {
      if (ORDER[level] < ORDER[least]) return;
      const record = {
        time: new Date().toISOString(),
        level,
        pid: process.pid,
        message,
        ...fields,
      };
      append(path, `${JSON.stringify(record)}\n`);
    };
  return {
    debug: writer('debug'),
    info: writer('info'),
    warn: writer('warn'),
    error: writer('error'),
  };
}

/** A full disk must not take the server down for want of a diagnostic. */
function append(path: string, line: string): void {
  try {
    appendFileSync(path, line, { mode: 0o600 });
  } catch {
    // nowhere left to say it
  }
}

function rotate(path: string): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > ROTATE_AT_BYTES) renameSync(path, `${path}.1`);
}

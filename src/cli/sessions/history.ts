/** What was typed at the prompts of sessions, kept in the home for the next one; newest first. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const MOST_LINES = 1000;

export function readHistory(home: string): string[] {
  try {
    return readFileSync(fileIn(home), 'utf8').split('\n').filter(Boolean).slice(0, MOST_LINES);
  } catch {
    return []; // the first time
  }
}

/** A convenience: where it cannot be kept, nothing else is lost. */
export function writeHistory(home: string, lines: readonly string[]): void {
  try {
    mkdirSync(dirname(fileIn(home)), { recursive: true, mode: 0o700 });
    const text = lines.slice(0, MOST_LINES).map((line) => `${line}\n`);
    writeFileSync(fileIn(home), text.join(''), { mode: 0o600 });
  } catch {
    // read-only, or full
  }
}

function fileIn(home: string): string {
  return join(home, 'meta', 'session-history');
}

/** What a script takes over from the terminal, or the pipe, at which `run` was called. */
import { fstatSync } from 'node:fs';
import type { AtTerminal } from '../../jobs/context/held-values.ts';
import { isOneScreen, type Terminal } from '../terminal/terminal.ts';
import type { StayOptions } from './run-input.ts';

/** Of a script that nobody stays with there is nothing to show, and nothing to read. */
export function atTerminal(options: StayOptions, terminal: Terminal): AtTerminal {
  if (options.detach) return { env: {}, stdin: null };
  const env = options.json
    ? {}
    : unlessSet({ ...sizeOf(terminal), ...colours(terminal) }, terminal);
  const isGiven = options.stdin !== undefined || options.interactive || options.isCodeFromStdin;
  return { env, stdin: isGiven ? null : pipedInput() };
}

/** The script writes to files: it cannot ask them how wide the screen is. */
function sizeOf({ stdout, stderr }: Terminal): Record<string, string> {
  const screen = [stdout, stderr].find(({ isTTY }) => isTTY);
  if (!screen) return {};
  return { COLUMNS: String(screen.columns || 80), LINES: String(screen.rows || 24) };
}

/** Nor whether they end on one that shows colours, and bars that move. */
function colours(terminal: Terminal): Record<string, string> {
  const { NO_COLOR: no, TERM: kind } = terminal.env;
  if (!isOneScreen(terminal) || no || kind === 'dumb') return {};
  return { FORCE_COLOR: '1', CLICOLOR_FORCE: '1', TTY_COMPATIBLE: '1' };
}

function unlessSet(env: Record<string, string>, terminal: Terminal): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => terminal.env[name] === undefined),
  );
}

const STDIN = 0;

/** A pipe or a file goes on to the script as it is. Node must not have touched it: pipes it opens no longer block. */
function pipedInput(): number | null {
  try {
    const stat = fstatSync(STDIN);
    return stat.isFIFO() || stat.isFile() || stat.isSocket() ? STDIN : null;
  } catch {
    return null; // closed
  }
}

/** The commands of a page, as a reader would paste them, and what they are said to print. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../../..');

export interface Commands {
  line: number;
  code: string;
  /** What stands below them, where something does. */
  prints: string | null;
}

/** But those that stand below `<!-- not run: reason -->`. */
export function commandsOf(page: string): Commands[] {
  const lines = readFileSync(resolve(ROOT, page), 'utf8').split('\n');
  const found: Commands[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    if (lines[at] !== '```sh') continue;
    const end = lines.indexOf('```', at);
    const above = lines.slice(Math.max(0, at - 2), at).join('');
    const code = lines.slice(at + 1, end).join('\n');
    if (!above.includes('<!-- not run: ')) {
      found.push({ line: at + 1, code, prints: printedBelow(lines, end) });
    }
    at = end;
  }
  return found;
}

function printedBelow(lines: string[], end: number): string | null {
  if (lines[end + 2] !== '```text') return null;
  return lines.slice(end + 3, lines.indexOf('```', end + 3)).join('\n');
}

/** `…` stands for anything. */
export function printsLike(said: string): RegExp {
  const parts = said.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}

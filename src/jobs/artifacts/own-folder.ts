/** What a script left in the folder that it was given because its caller had named none. */
import { readdirSync } from 'node:fs';
import type { JobFolder } from '../../output/files/job-folder.ts';
import { oneLine } from '../../output/terminal/one-line.ts';

/** Ours, not the script's: its code, what becomes of its pictures, what Python keeps. */
const NOT_ITS_WORK = new Set([
  'script.py',
  'compared.py',
  'artifacts',
  'tmp',
  '__pycache__',
  '.python_mcp',
]);
const MOST_NAMES = 20;
const LONGEST_NAME = 120;

/** Names, by the alphabet; a folder ends with a slash. */
export function filesIn({ work }: JobFolder): string[] {
  try {
    return readdirSync(work, { withFileTypes: true })
      .filter(({ name }) => !NOT_ITS_WORK.has(name))
      .map((entry) => oneLine(entry.name).slice(0, LONGEST_NAME) + (entry.isDirectory() ? '/' : ''))
      .toSorted()
      .slice(0, MOST_NAMES);
  } catch {
    return []; // the script took its own folder away
  }
}

/** What is known of the sandbox without trying it: for the list of tools, before anything else is loaded. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { programOnPath } from '../../os/search-path.ts';

export interface Verdict {
  /** What was tried, and where: of nothing else it says anything. */
  of: string;
  problem: string | null;
}

/** False where it is not installed, or was tried in vain. */
export function maySandbox(path: string | undefined, home: string): boolean {
  const program = programOn(path);
  return program !== null && !readVerdict(home, program)?.problem;
}

export function programOn(path: string | undefined): string | null {
  return process.platform === 'linux' ? programOnPath('bwrap', { PATH: path }) : null;
}

export function readVerdict(home: string, program: string): Verdict | null {
  try {
    return JSON.parse(readFileSync(verdictFile(home, program), 'utf8')) as Verdict;
  } catch {
    return null; // never tried, or a damaged file
  }
}

/** One for each program: servers of a home may find another one first on their paths. */
export function verdictFile(home: string, program: string): string {
  return join(home, 'meta', `sandbox-${encodeURIComponent(program)}.json`);
}

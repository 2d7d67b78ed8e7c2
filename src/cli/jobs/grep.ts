/** `python-mcp grep`: the lines of a job's output that have a text or match a pattern. */
import type { JobService } from '../../jobs/job-service.ts';
import { STREAMS } from '../../output/files/job-folder.ts';
import { cleanTerminalText } from '../../output/terminal/clean-text.ts';
import { printLine, type Terminal } from '../terminal/terminal.ts';
import { jobNamed } from '../terminal/typed-job.ts';

export interface GrepOptions {
  regex?: boolean;
  ignoreCase?: boolean;
}

const MATCHES_AT_ONCE = 1_000;
const SPECIAL = /[\\^$.*+?()[\]{}|]/g;

/** @returns 0 when there are some, 1 when there are none, as grep does. */
export async function grepOutput(
  jobs: JobService,
  text: string,
  word: string,
  options: GrepOptions,
  { stdout }: Terminal,
): Promise<number> {
  const id = jobNamed(jobs, word);
  let found = 0;
  for await (const line of matchingLines(jobs, id, patternOf(text, options))) {
    found += 1;
    await printLine(stdout, cleanTerminalText(line));
  }
  return found > 0 ? 0 : 1;
}

type Pattern = { text: string; isPattern: boolean };

function patternOf(text: string, { regex = false, ignoreCase = false }: GrepOptions): Pattern {
  if (!ignoreCase) return { text, isPattern: regex };
  return { text: `(?i)${regex ? text : text.replace(SPECIAL, String.raw`\$&`)}`, isPattern: true };
}

/** Each once, of standard output first. */
async function* matchingLines(
  jobs: JobService,
  id: string,
  pattern: Pattern,
): AsyncGenerator<string> {
  for (const stream of STREAMS) {
    let last = -1;
    for (let from: number | null = 0; from !== null;) {
      const request = { stream, ...pattern, from, limit: MATCHES_AT_ONCE };
      const { matches, next } = await jobs.inspect.search(id, request);
      for (const { line, line_offset: at } of matches) {
        if (at !== last) yield line;
        last = at;
      }
      from = next;
    }
  }
}

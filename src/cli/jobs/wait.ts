/**
 * `python-mcp wait`: silent until jobs have ended, then a line for each. It is made for whoever is woken
 * by the end of a command; the jobs do not care what becomes of it.
 */
import { hasEnded, type EndedJob, statusOf } from '../../core/job.ts';
import type { JobService } from '../../jobs/job-service.ts';
import { oneLine } from '../../output/terminal/one-line.ts';
import { exitCodeOf } from '../run/exit-code.ts';
import { formatSeconds } from '../terminal/duration.ts';
import { printLine, type Terminal } from '../terminal/terminal.ts';
import { outcomeInWords } from '../terminal/words.ts';
import { jobNamed } from '../terminal/typed-job.ts';

/** @returns the exit code of the job; of several the first that is not 0. */
export async function waitForJobs(
  jobs: JobService,
  prefixes: string[],
  { any = false }: { any?: boolean },
  terminal: Terminal,
): Promise<number> {
  const ids = prefixes.map((prefix) => jobNamed(jobs, prefix));
  const over = new AbortController();
  const waits = ids.map(async (id) => {
    await jobs.waitForEnd(id, Infinity, over.signal);
    if (any) over.abort();
  });
  await Promise.all(waits);
  const ended = ids.map((id) => jobs.get(id)).filter(hasEnded);
  for (const job of ended) await printLine(terminal.stdout, endOf(job));
  return ended.map(({ state }) => exitCodeOf(state.outcome)).find((code) => code !== 0) ?? 0;
}

/** "mwzvzuj3hz failed · code 3 · 12 s · The script exited with code 3." */
export function endOf({ id, state }: EndedJob): string {
  const { exitCode, startedAt, endedAt, outcome, error } = state;
  const about = [
    `${id} ${statusOf(state)}`,
    exitCode === null ? '' : `code ${exitCode}`,
    startedAt === null ? 'never started' : formatSeconds((endedAt - startedAt) / 1000),
    oneLine(error ?? outcomeInWords(outcome) ?? ''),
  ];
  return about.filter((part) => part !== '').join(' · ');
}

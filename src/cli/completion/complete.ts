/** `python-mcp complete`: what a shell offers at a press of Tab, a line each. */
import type { Command } from 'commander';
import type { App } from '../../jobs/app.ts';
import type { JobService } from '../../jobs/job-service.ts';
import { printLine, type Terminal } from '../terminal/terminal.ts';
import { candidatesFor } from './candidates.ts';

const MOST_LABELS = 50;
/** Somebody else chose it: no shell has to quote these characters, or finds a meaning in them. */
const HARMLESS = /^[\w./@+-]+$/;

export async function complete(
  program: Command,
  typed: readonly string[],
  open: (work: (app: App) => Promise<void>) => Promise<void>,
  { stdout }: Terminal,
): Promise<void> {
  const { words, isJob } = candidatesFor(program, typed);
  const begun = typed.at(-1) ?? '';
  const print = async (offered: readonly string[]): Promise<void> => {
    for (const word of offered) if (word.startsWith(begun)) await printLine(stdout, word);
  };
  if (isJob) await open(({ jobs }) => print(['last', ...namesOf(jobs, begun)]));
  else await print(words);
}

/** Labels that one job has alone, and ids, the newest first. */
function namesOf(jobs: JobService, begun: string): string[] {
  const { jobs: listed } = jobs.inspect.list({ label: begun, limit: MOST_LABELS });
  const labels = listed.map(({ label }) => label).filter((label) => HARMLESS.test(label));
  const single = labels.filter((label) => labels.indexOf(label) === labels.lastIndexOf(label));
  return [...single, ...jobs.completeId(begun)];
}

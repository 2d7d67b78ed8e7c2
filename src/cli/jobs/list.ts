/** `python-mcp jobs`: what there is, newest first, once or as it changes. */
import { ListForPeopleSchema, type ListForPeopleInput } from '../../contract/inputs.ts';
import type { JobCounts, JobListing } from '../../contract/replies/lists.ts';
import { invalid, shown } from '../../core/job-error.ts';
import type { JobService } from '../../jobs/job-service.ts';
import { parseHours } from '../terminal/duration.ts';
import { checked } from '../terminal/typed-input.ts';
import { printJson, printLine, type Terminal } from '../terminal/terminal.ts';
import { jobTable } from './job-table.ts';
import { watchJobs } from './watch-list.ts';

export interface ListOptions {
  status?: string;
  search?: string;
  client?: string;
  label?: string;
  since?: string;
  sort?: string;
  from?: string;
  limit?: number;
  page?: number;
  quiet?: boolean;
  watch?: boolean;
  json?: boolean;
}

/** @returns 0, or the code of the signal that ended the watching. */
export async function listJobs(
  jobs: JobService,
  { status, since, json, quiet, watch, ...filter }: ListOptions,
  terminal: Terminal,
): Promise<number> {
  const typed = { ...filter, status_filter: status, since: since && timeBefore(since) };
  const input: ListForPeopleInput = await checked(ListForPeopleSchema, typed, terminal);
  if (watch) return watchJobs(jobs, input, terminal);
  const list = jobs.inspect.list(input);
  if (json) await printJson(terminal, list);
  else if (quiet) for (const { id } of list.jobs) await printLine(terminal.stdout, id);
  else await printTable(list, jobs.inspect.counts(), terminal);
  return 0;
}

/** "2h" ago as a time. */
function timeBefore(age: string): string {
  const hours = parseHours(age);
  if (hours !== null) return new Date(Date.now() - hours * 3_600_000).toISOString();
  throw invalid('--since', `${shown(age)} is not an age.`, 'Write it as 90m, 24h or 7d.');
}

async function printTable(list: JobListing, all: JobCounts, terminal: Terminal): Promise<void> {
  const { stdout, stderr } = terminal;
  if (list.jobs.length === 0) return printLine(stderr, emptyNote(list, all));
  await printLine(stdout, jobTable(list.jobs, stdout));
  await sayMore(list, terminal);
}

function emptyNote({ total }: JobListing, counts: JobCounts): string {
  if (total > 0) return `There are only ${total} jobs; choose an earlier --page.`;
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return all === 0 ? 'There are no jobs.' : `None of the ${all} jobs fits.`;
}

async function sayMore(list: JobListing, { stderr }: Terminal): Promise<void> {
  const { jobs, total, next_page: page, next_from: from } = list;
  if (!stderr.isTTY) return;
  if (page !== null) {
    await printLine(stderr, `${jobs.length} of ${total} jobs; more with --page ${page}.`);
  } else if (from !== null) {
    await printLine(stderr, `Older jobs were not looked at: go on with --from ${from}.`);
  }
}

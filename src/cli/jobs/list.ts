/** `python-mcp jobs`: what there is, newest first. */
import { ListJobsSchema } from '../../contract/inputs.ts';
import type { JobItem, Progress } from '../../contract/replies/one-job.ts';
import type { JobListing } from '../../contract/replies/lists.ts';
import type { JobStatus } from '../../core/job.ts';
import { signalName } from '../../core/outcome.ts';
import type { JobService } from '../../jobs/job-service.ts';
import { oneLine } from '../../output/terminal/one-line.ts';
import { checked } from '../terminal/typed-input.ts';
import { formatSeconds, formatTime } from '../terminal/duration.ts';
import { formatTable, truncate } from '../terminal/table.ts';
import { printJson, printLine, styled, type Terminal } from '../terminal/terminal.ts';

export interface ListOptions {
  status?: string;
  search?: string;
  client?: string;
  from?: string;
  limit?: number;
  page?: number;
  json?: boolean;
}

/** Ids begin with their time: this much of one is unique in any home. */
const SHORT_ID = 13;
const LABEL_CELLS = 40;
const CLIENT_CELLS = 24;

export async function listJobs(
  jobs: JobService,
  { status, json, ...filter }: ListOptions,
  terminal: Terminal,
): Promise<void> {
  const input = await checked(ListJobsSchema, { ...filter, status_filter: status }, terminal);
  const list = jobs.inspect.list(input);
  if (json) return printJson(terminal, list);
  if (list.jobs.length === 0) return printLine(terminal.stderr, emptyNote(list));
  const { stdout } = terminal;
  const header = ['ID', 'STATUS', 'RESULT', 'CREATED', 'TIME', 'CLIENT', 'LABEL'].map((name) =>
    styled(stdout, 'bold', name),
  );
  const rows = list.jobs.map((job) => rowOf(job, resultText(job), stdout));
  await printLine(stdout, formatTable([header, ...rows]));
  await sayMore(list, terminal);
}

function emptyNote({ total, counts }: JobListing): string {
  if (total > 0) return `There are only ${total} jobs; choose an earlier --page.`;
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return all === 0 ? 'There are no jobs.' : `None of the ${all} jobs fits.`;
}

/** Short and coloured for people, whole for programs. */
function rowOf(job: JobItem, result: string, stdout: NodeJS.WriteStream): string[] {
  const short = stdout.isTTY;
  return [
    short ? job.id.slice(0, SHORT_ID) : job.id,
    statusText(job.status, stdout),
    result,
    short ? formatTime(job.created_at) : job.created_at,
    job.started_at === null ? '-' : formatSeconds(job.elapsed_seconds),
    short ? truncate(job.client ?? '-', CLIENT_CELLS) : (job.client ?? '-'),
    short ? truncate(oneLine(job.label), LABEL_CELLS) : oneLine(job.label),
  ];
}

/** What the status does not say by itself; of a running job, how far it is. */
function resultText({ outcome, phase, progress }: JobItem): string {
  if (!outcome) return phase === 'running' ? progressText(progress) : preparing(phase);
  switch (outcome.kind) {
    case 'exited':
      return `exit ${outcome.code}`;
    case 'signalled':
      return signalName(outcome.signal) ?? `signal ${outcome.signal}`;
    case 'timed_out':
      return 'time limit';
    case 'output_limit':
      return 'output limit';
    case 'disk_full':
      return 'disk full';
    case 'never_started':
      return 'not started';
    case 'cancelled':
      return '';
    case 'lost':
      return 'lost';
  }
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

const COLOURS = {
  pending: 'gray',
  running: 'cyan',
  completed: 'green',
  failed: 'red',
  cancelled: 'yellow',
} as const satisfies Record<JobStatus, string>;

export function statusText(status: JobStatus, stream: NodeJS.WriteStream): string {
  return styled(stream, COLOURS[status], status);
}

function preparing(phase: JobItem['phase']): string {
  return phase === 'preparing' ? phase : '';
}

function progressText(progress: Progress | null): string {
  if (!progress) return '';
  if (progress.percent !== null) return `${Math.floor(progress.percent)} %`;
  return progress.current === null ? '' : `at ${progress.current}`;
}

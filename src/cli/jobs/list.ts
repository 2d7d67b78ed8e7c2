/** `python-mcp jobs`: what there is, newest first. */
import { ListJobsSchema } from '../../contract/inputs.ts';
import type { JobStatus } from '../../core/job.ts';
import { signalName } from '../../core/outcome.ts';
import type { JobList } from '../../jobs/views/list-jobs.ts';
import type { JobService } from '../../jobs/job-service.ts';
import type { JobSummary } from '../../jobs/views/job-view.ts';
import type { Progress } from '../../jobs/views/read-progress.ts';
import { oneLine } from '../../output/terminal/one-line.ts';
import { checked } from '../terminal/checked-input.ts';
import { formatSeconds, formatTime } from '../terminal/duration.ts';
import { formatTable, truncate } from '../terminal/table.ts';
import { printJson, printLine, styled, type Terminal } from '../terminal/terminal.ts';

export interface ListOptions {
  status?: string;
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
  { status, limit, page, json }: ListOptions,
  terminal: Terminal,
): Promise<void> {
  const list = jobs.list(checked(ListJobsSchema, { status_filter: status, limit, page }));
  if (json) return printJson(terminal, list);
  if (list.jobs.length === 0) return printLine(terminal.stderr, emptyNote(list, status));
  const { stdout } = terminal;
  const header = ['ID', 'STATUS', 'RESULT', 'CREATED', 'TIME', 'CLIENT', 'LABEL'].map((name) =>
    styled(stdout, 'bold', name),
  );
  const rows = list.jobs.map((job) => rowOf(job, resultText(job, jobs), stdout));
  await printLine(stdout, formatTable([header, ...rows]));
  await sayMore(list, terminal);
}

function emptyNote({ total }: JobList, status: string | undefined): string {
  if (total > 0) return `There are only ${total} jobs; choose an earlier --page.`;
  return status === undefined ? 'There are no jobs yet.' : `There are no ${status} jobs.`;
}

/** Short and coloured for people, whole for programs. */
function rowOf(job: JobSummary, result: string, stdout: NodeJS.WriteStream): string[] {
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
function resultText({ id, outcome, phase }: JobSummary, jobs: JobService): string {
  if (!outcome) return phase === 'running' ? progressText(jobs.progress(id)) : preparing(phase);
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

async function sayMore({ jobs, total, next_page: next }: JobList, term: Terminal): Promise<void> {
  if (next === null || !term.stderr.isTTY) return;
  await printLine(term.stderr, `${jobs.length} of ${total} jobs; more with --page ${next}.`);
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

function preparing(phase: JobSummary['phase']): string {
  return phase === 'preparing' ? phase : '';
}

function progressText(progress: Progress | null): string {
  if (!progress) return '';
  if (progress.percent !== null) return `${Math.floor(progress.percent)} %`;
  return progress.current === null ? '' : `at ${progress.current}`;
}

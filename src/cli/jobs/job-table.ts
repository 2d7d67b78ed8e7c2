/** Jobs as a table: fitted to the screen for people, whole for programs. */
import type { JobItem, Progress } from '../../contract/replies/one-job.ts';
import type { JobStatus } from '../../core/job.ts';
import { describeOutcome, signalName } from '../../core/outcome.ts';
import { oneLine } from '../../output/terminal/one-line.ts';
import { formatSeconds, formatShortTime } from '../terminal/duration.ts';
import { fitTable, formatTable, truncate } from '../terminal/table.ts';
import { styled } from '../terminal/terminal.ts';
import { errorInWords } from '../terminal/words.ts';

const WHOLE = ['ID', 'STATUS', 'RESULT', 'CREATED', 'TIME', 'CLIENT', 'LABEL'];
const FITTED = ['ID', 'STATUS', 'CREATED', 'TIME', 'CLIENT', 'LABEL', 'ABOUT'];
const CLIENT = 4;
/** Label and what there is to say. */
const CUT_TO_FIT = [5, 6];
/** Below, whoever asked for a job is left out. */
const WIDE = 100;
const CLIENT_CELLS = 24;

export function jobTable(jobs: readonly JobItem[], stdout: NodeJS.WriteStream): string {
  if (!stdout.isTTY) return formatTable([WHOLE, ...jobs.map(wholeRow)]);
  const width = stdout.columns || 80;
  const header = FITTED.map((name) => styled(stdout, 'bold', name));
  const rows = [header, ...jobs.map((job) => fittedRow(job, stdout))];
  if (width >= WIDE) return fitTable(rows, width, CUT_TO_FIT);
  const places = CUT_TO_FIT.map((at) => at - 1);
  return fitTable(
    rows.map((row) => row.toSpliced(CLIENT, 1)),
    width,
    places,
  );
}

function wholeRow(job: JobItem): string[] {
  return [
    job.id,
    job.status,
    resultOf(job),
    job.created_at,
    timeOf(job),
    job.client ?? '-',
    oneLine(job.label),
  ];
}

function fittedRow(job: JobItem, stdout: NodeJS.WriteStream): string[] {
  return [
    job.id,
    statusText(job.status, stdout),
    formatShortTime(job.created_at),
    timeOf(job),
    truncate(job.client ?? '-', CLIENT_CELLS),
    oneLine(job.label),
    aboutOf(job),
  ];
}

function timeOf({ started_at: startedAt, elapsed_seconds: seconds }: JobItem): string {
  return startedAt === null ? '-' : formatSeconds(seconds);
}

/** What it stated as its result, or how far it is; of a failed one the error itself rather than its exit code. */
function aboutOf(job: JobItem): string {
  const { outcome, error, status } = job;
  if (status === 'completed' || status === 'cancelled') return statedBy(job);
  if (error === null) return resultOf(job);
  const saysNoMore = outcome?.kind === 'exited' && error === describeOutcome(outcome);
  return saysNoMore ? resultOf(job) : oneLine(errorInWords(job) ?? '');
}

function statedBy(job: JobItem): string {
  return 'result_value' in job ? oneLine(JSON.stringify(job.result_value)) : '';
}

/** What the status does not say by itself, in two words; of a running job, how far it is. */
function resultOf({ outcome, phase, progress, waits_for: waits }: JobItem): string {
  if (waits !== undefined) return `waits for ${waits}`;
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

function preparing(phase: JobItem['phase']): string {
  return phase === 'preparing' ? phase : '';
}

function progressText(progress: Progress | null): string {
  if (!progress) return '';
  const { percent, current, eta_seconds: eta } = progress;
  const left = eta === null ? '' : ` · ${formatSeconds(eta)} left`;
  if (percent !== null) return `${Math.floor(percent)} %${left}`;
  return current === null ? '' : `at ${current}${left}`;
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

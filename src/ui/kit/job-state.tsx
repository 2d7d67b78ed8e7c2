/** How the state of a job looks and reads: a shape and a word, never colour alone. */
import type { JobItem, Status } from '../api/api-types.ts';

const SHAPES: Record<Status, string> = {
  pending: 'M8 4.5V8l2.3 1.6',
  running: 'M6.6 5.2v5.6L11 8z',
  completed: 'M4.9 8.3l2.1 2.1 4.1-4.6',
  failed: 'M5.6 5.6l4.8 4.8m0-4.8l-4.8 4.8',
  cancelled: 'M5 8h6',
};

export const STATUS_WORDS: Record<Status, string> = {
  pending: 'Waiting',
  running: 'Running',
  completed: 'Completed',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

export function StateIcon({ status }: { status: Status }) {
  return (
    <svg class={`state-icon is-${status}`} viewBox="0 0 16 16" aria-hidden="true">
      <circle cx="8" cy="8" r="7" />
      <path d={SHAPES[status]} />
    </svg>
  );
}

export function stateWord({ status, phase, waiting_for_input: asked }: JobItem): string {
  if (asked !== undefined) return 'Waits for input';
  if (phase === 'queued') return 'Queued';
  if (phase === 'preparing') return 'Preparing';
  return STATUS_WORDS[status];
}

export function isLive({ phase }: JobItem): boolean {
  return phase !== 'ended';
}

/** Nor has it any output: of old jobs nobody knows when they started. */
export function neverStarted(job: JobItem): boolean {
  return !isLive(job) && job.started_at === null && job.stdout_bytes + job.stderr_bytes === 0;
}

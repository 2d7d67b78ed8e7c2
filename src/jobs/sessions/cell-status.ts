/** What has become of a cell, by the evidence of the session's job first and its files second. */
import { worded } from '../../core/wording.ts';
import { describeOutcome } from '../../core/outcome.ts';
import { hasEnded, type Job } from '../../core/job.ts';
import type { JobFolder } from '../../output/files/job-folder.ts';
import { type CellRecord, readRecord, readState } from './session-files.ts';

export type CellSighting =
  | { status: CellRecord['status']; record: CellRecord }
  | { status: 'queued'; ahead: number }
  | { status: 'running'; since: number | null }
  | { status: 'waiting_for_input'; since: number | null; prompt: string }
  /** The session ended in it. */
  | { status: 'lost'; reason: string }
  /** The session ended before its turn came. */
  | { status: 'cancelled' };

/** `job` was looked at before: then all files of an ended one are final. */
export function lookAtCell(job: Job, folder: JobFolder, cell: number): CellSighting {
  const now = readState(folder);
  const record = readRecord(folder, cell); // after the state: it is there before the next state
  if (record) return { status: record.status, record };
  const isBegun = now.cell === cell && now.state !== 'idle';
  if (hasEnded(job)) {
    return isBegun && now.reason !== 'idle'
      ? { status: 'lost', reason: whyEnded(job) }
      : { status: 'cancelled' };
  }
  if (!isBegun) {
    const isBusy = now.state !== 'idle';
    return { status: 'queued', ahead: Math.max(0, cell - now.cell - (isBusy ? 0 : 1)) };
  }
  const since = now.since ?? null;
  if (now.state !== 'waiting_for_input') return { status: 'running', since };
  return { status: now.state, since, prompt: now.prompt ?? '' };
}

export function isDone(sighting: CellSighting): boolean {
  return !['queued', 'running', 'waiting_for_input'].includes(sighting.status);
}

/** A sentence. */
export function whyEnded(job: Job): string {
  if (!hasEnded(job)) return '';
  const { outcome } = job.state;
  if (outcome.kind === 'exited') return `Its process ended with exit code ${outcome.code}.`;
  return worded(describeOutcome(outcome) ?? '').replaceAll('The script', 'Its process');
}

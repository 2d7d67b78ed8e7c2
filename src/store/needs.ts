/**
 * What a job needs for itself while it runs, beside a place: locks and GPUs. It stands with the job as
 * one canonical text, by which the queue is sorted; the text is empty for a job that needs nothing.
 */
import type { JobRequest } from '../core/job.ts';

export interface Needs {
  /** Names, each once. */
  locks: readonly string[];
  gpus: number;
}

export function needsText({ locks = [], gpus = 0 }: JobRequest): string {
  return locks.length + gpus === 0 ? '' : JSON.stringify({ locks: [...locks].sort(), gpus });
}

export function readNeeds(text: string): Needs {
  return text === '' ? { locks: [], gpus: 0 } : (JSON.parse(text) as Needs);
}

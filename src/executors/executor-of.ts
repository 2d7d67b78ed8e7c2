/** Which executor runs a job: the one its request names. */
import type { JobRequest } from '../core/job.ts';
import type { Executor } from './executor.ts';

/** By name. */
export type Executors = ReadonlyMap<string, Executor>;

/** Of requests that name none, those of earlier versions among them. */
export const DEFAULT_EXECUTOR = 'local';

export function executorOf(
  executors: Executors,
  { executor = DEFAULT_EXECUTOR }: Pick<JobRequest, 'executor'>,
): Executor {
  const found = executors.get(executor);
  if (!found) throw new Error(`this version has no executor ${executor}`);
  return found;
}

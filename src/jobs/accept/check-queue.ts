/** What a run asks to wait for: locks, other jobs, GPUs. */
import type { SharedRunInput } from '../../contract/inputs.ts';
import { invalid, JobError } from '../../core/job-error.ts';
import type { JobRequest } from '../../core/job.ts';
import { called } from '../../core/wording.ts';

/** What is left out was not asked for. */
type Waits = Pick<JobRequest, 'locks' | 'after' | 'gpus'>;

export interface Shared {
  /** GPUs that are handed out here. */
  devices: readonly string[];
  /** Of the job that there is. @throws JobError unknown_job, invalid_request */
  idOf: (prefix: string) => string;
}

/** Jobs wait for older ones only, so never in a circle. @throws JobError invalid_request */
export function waitsAsked(input: SharedRunInput, { devices, idOf }: Shared): Waits {
  const { locks = [], after = [], gpus = 0, env_vars: env = {} } = input;
  if (gpus > devices.length) {
    const remedy = 'Ask for fewer, or say how many there are with the setting gpus.';
    throw invalid('gpus', `${gpus} are asked for, and this server has ${devices.length}.`, remedy);
  }
  if (gpus > 0 && 'CUDA_VISIBLE_DEVICES' in env) {
    const problem = `CUDA_VISIBLE_DEVICES is set by ${called('gpus')}.`;
    throw invalid('env_vars', problem, 'Leave one of the two out.');
  }
  const ids = after.map((prefix) => earlier(prefix, idOf));
  return {
    ...(locks.length > 0 ? { locks: [...new Set(locks)].sort() } : {}),
    ...(ids.length > 0 ? { after: [...new Set(ids)] } : {}),
    ...(gpus > 0 ? { gpus } : {}),
  };
}

function earlier(prefix: string, idOf: Shared['idOf']): string {
  try {
    return idOf(prefix);
  } catch (error) {
    if (!(error instanceof JobError)) throw error;
    throw invalid('after', error.message, 'Pass the ids of jobs.');
  }
}

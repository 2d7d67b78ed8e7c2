/** What a script that failed by itself lacked, as far as its last words tell. */
import type { EndedJob } from '../../core/job.ts';
import { missingInput } from './missing-input.ts';
import { missingPip } from './missing-pip.ts';
import { notebookCode } from './notebook-code.ts';

/** One sentence with the remedy, its names marked; null when `stderr`, its end at least, tells none. */
export function failureHint(job: EndedJob, stderr: string): string | null {
  return missingInput(job, stderr) ?? missingPip(job, stderr) ?? notebookCode(job, stderr);
}

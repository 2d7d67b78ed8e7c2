/** Text of a job as models read it: under one header line, up to a boundary that it cannot forge. */
import { randomBytes } from 'node:crypto';
import { type Job, statusOf } from '../../core/job.ts';

/** `body` ends with a line end. The boundary is random: output cannot forge its end. */
export function asUntrusted(job: Job, about: string[], body: string): string {
  const boundary = randomBytes(6).toString('hex');
  const header = [
    `job ${job.id}`,
    ...about,
    `status ${statusOf(job.state)}`,
    `untrusted output up to the line ${boundary}`,
  ];
  return `${header.join(' · ')}\n${body}${boundary}`;
}

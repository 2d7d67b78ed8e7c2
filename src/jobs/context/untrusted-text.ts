/** Text of a job as models read it: under one header line, up to a boundary that it cannot forge. */
import { randomBytes } from 'node:crypto';
import { hasEnded, type Job, statusOf } from '../../core/job.ts';
import { errorOfEnd } from '../../core/outcome.ts';
import { oneLine } from '../../output/terminal/one-line.ts';

/** An installer's reasons may be as long as its output. */
const LONGEST_ERROR = 500;

/** `body` ends with a line end. The boundary is random: output cannot forge its end. */
export function asUntrusted(job: Job, about: string[], body: string): string {
  const boundary = randomBytes(6).toString('hex');
  const header = [
    `job ${job.id}`,
    ...about,
    `status ${statusOf(job.state)}`,
    ...whyItFailed(job),
    `untrusted output up to the line ${boundary}`,
  ];
  return `${header.join(' · ')}\n${body}${boundary}`;
}

/** In quotes, so that its words are not taken for ours. */
function whyItFailed(job: Job): string[] {
  if (!hasEnded(job) || job.state.name !== 'failed') return [];
  const { error: said, exitCode } = job.state;
  const code = said && exitCode !== null ? [`exit code ${exitCode}`] : [];
  const line = oneLine(errorOfEnd(job.state) ?? '');
  const short =
    line.length > LONGEST_ERROR ? `${line.slice(0, LONGEST_ERROR).toWellFormed()}…` : line;
  return [...code, `error ${JSON.stringify(short)}`];
}

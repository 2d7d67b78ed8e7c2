/** `python-mcp input`: a line for a job that reads its standard input. */
import { invalid } from '../../core/job-error.ts';
import type { JobService } from '../../jobs/job-service.ts';
import { complain } from '../terminal/failure.ts';
import { printJson, type Terminal } from '../terminal/terminal.ts';
import { jobNamed } from '../terminal/typed-job.ts';

export interface InputOptions {
  newline: boolean;
  close?: boolean;
  json?: boolean;
}

export async function sendInput(
  jobs: JobService,
  prefix: string,
  text: string | undefined,
  { newline, close = false, json }: InputOptions,
  terminal: Terminal,
): Promise<number> {
  if (text === undefined && !close) {
    throw invalid('TEXT', 'there is nothing to send.', 'Give a text, or --close to end the input.');
  }
  const id = jobNamed(jobs, prefix);
  const whole = text === undefined ? '' : `${text}${newline ? '\n' : ''}`;
  const written = await jobs.control.sendInput(id, whole, close);
  if (json) await printJson(terminal, { job_id: id, written });
  const missing = Buffer.byteLength(whole) - written;
  if (missing === 0) return 0;
  await complain(terminal, `the script did not read on: ${missing} bytes were not taken.`);
  return 1;
}

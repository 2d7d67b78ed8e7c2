/** What was said while the environment of a job was built, as models read it: its beginning and end. */
import type { JobOutputInput } from '../../contract/inputs.ts';
import { invalid } from '../../core/job-error.ts';
import { type Job, phaseOf } from '../../core/job.ts';
import { readOutputWindow } from '../../output/files/output-window.ts';
import { type Engine, folderOf } from '../context/job-context.ts';
import { asUntrusted } from '../context/untrusted-text.ts';
import { DEFAULT_PAGE_BYTES } from './text-page.ts';

/** @throws JobError invalid_request for what only output has */
export function environmentPage(engine: Engine, job: Job, input: JobOutputInput): string {
  for (const name of ['cursor', 'search', 'until'] as const) {
    if (input[name] === undefined) continue;
    throw invalid(name, 'the log of an environment is given at once.', `Leave out ${name}.`);
  }
  const { environmentLog } = folderOf(engine, job.id);
  const ended = phaseOf(job.state) !== 'preparing';
  const { max_bytes: room = DEFAULT_PAGE_BYTES, tail = false } = input;
  const { text, bytes } = readOutputWindow(environmentLog, room, ended, tail);
  const body = text === '' ? '(nothing: none was built for it)\n' : `${text.trimEnd()}\n`;
  return asUntrusted(job, [`environment log, ${bytes} bytes`], body);
}

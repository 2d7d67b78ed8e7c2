/** What a script that waits for input has asked: the line that it has left open. */
import { statSync } from 'node:fs';
import { START, type Cursor } from '../../core/cursor.ts';
import type { Job } from '../../core/job.ts';
import { executorOf } from '../../executors/executor-of.ts';
import { type JobFolder, STREAMS } from '../../output/files/job-folder.ts';
import { type OutputFiles, type OutputRef, withOpened } from '../../output/files/output-file.ts';
import { present } from '../../output/files/output-window.ts';
import { readTail } from '../../output/files/read-page.ts';
import { type Engine, folderOf, placedOf } from '../context/job-context.ts';

/** A question may be long, but its end is what asks. */
const PROMPT_BYTES = 2_048;
const PROMPT_CHARACTERS = 200;
const NEWLINE = 0x0a;
/** Said where the script has asked without a word. */
const NO_PROMPT = '(no prompt)';

/** The process tells, not the text; false where nobody can tell. */
export function awaitsInput(engine: Engine, job: Job): boolean {
  if (!job.request.interactive || job.state.name !== 'running') return false;
  return executorOf(engine.executors, job.request).awaitsInput(placedOf(engine, job));
}

/**
 * Its prompt while it waits for input, else null.
 * @param from answers are not echoed, so earlier questions stand on the same line: they ended here.
 */
export function awaitedInput(
  engine: Engine,
  job: Job,
  from: Cursor = START,
  output?: OutputFiles,
): string | null {
  if (!awaitsInput(engine, job)) return null;
  const folder = folderOf(engine, job.id);
  const ask = (opened: OutputFiles): string =>
    promptOf(folder, opened, from) || promptOf(folder, opened, START) || NO_PROMPT;
  return output ? ask(output) : withOpened(folder, ask);
}

/** `getpass` asks on stderr, all others on stdout: where something was written last. */
function promptOf(folder: JobFolder, output: OutputFiles, from: Cursor): string {
  const streams = [...STREAMS].sort((a, b) => writtenAt(folder[b]) - writtenAt(folder[a]));
  const prompts = streams.map((stream) => openLine(output[stream], from[stream]));
  return prompts.find((prompt) => prompt !== '') ?? '';
}

function openLine(output: OutputRef, from: number): string {
  const { bytes, from: start } = readTail(output, PROMPT_BYTES, true);
  const line = bytes.lastIndexOf(NEWLINE) + 1;
  return present(bytes.subarray(Math.max(line, from - start))).slice(-PROMPT_CHARACTERS);
}

function writtenAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Why a run failed, in one sentence, found once: at its end. */
import { basename, relative } from 'node:path';
import type { JobRequest, Outcome } from '../../core/job.ts';
import { describeOutcome } from '../../core/outcome.ts';
import type { JobFolder } from '../../output/files/job-folder.ts';
import { present } from '../../output/files/output-window.ts';
import { readTail } from '../../output/files/read-page.ts';
import { type Raised, raisedIn } from '../../output/search/raised.ts';
import { oneLine } from '../../output/terminal/one-line.ts';
import { killedForMemory } from './memory-evidence.ts';
import type { OrderlyEnd } from './orderly-end.ts';

/** As much of stderr as holds a traceback with its causes. */
const TAIL_BYTES = 65_536;
const LONGEST = 300;
/** How Python ends a script that an exception has left. */
const RAISED = 1;

/** Null where the outcome itself says it all. */
export function errorSentence(
  request: JobRequest,
  outcome: Outcome,
  folder: JobFolder,
  end: OrderlyEnd | null,
): string | null {
  if (!isFailure(outcome)) return null;
  const stderr = present(readTail(folder.stderr, TAIL_BYTES, true).bytes);
  const raised = isRaised(outcome) ? (raisedIn(stderr) ?? raisedAt(end)) : null;
  const limit = limitMet(raised?.what ?? lastLines(stderr), request, end);
  const killed = killedForMemory(folder);
  if (!raised && !limit && !killed) return null;
  const what = raised ? sentenceOf(raised, request.directory, folder) : describeOutcome(outcome);
  return [what, limit, killed].filter(Boolean).join(' ');
}

/** Of the script itself: what we ended has its reason. */
function isFailure(outcome: Outcome): boolean {
  return outcome.kind === 'signalled' || (outcome.kind === 'exited' && outcome.code !== 0);
}

function isRaised(outcome: Outcome): boolean {
  return outcome.kind === 'exited' && outcome.code === RAISED;
}

/** As the runtime saw it, where stderr does not have it in Python's own form. */
function raisedAt(end: OrderlyEnd | null): Raised | null {
  if (!end?.error) return null;
  const { type, message, file, line = null } = end.error;
  const [first = ''] = message.split('\n');
  return { what: first === '' ? type : `${type}: ${first}`, file, line };
}

const OUT_OF_MEMORY =
  /MemoryError\b|\[Errno 12\]|std::bad_alloc|(?:cannot|can't|unable to|failed to) allocate|(?<!(?:CUDA|HIP|MPS|XPU) )out of memory/i;
/** In which a program that ends for want of memory says so. */
const LAST_LINES = 20;
const MIB = 1024 * 1024;

/** A script that is short of memory need not know that it has a limit. */
function limitMet(said: string, { memoryLimitMb }: JobRequest, end: OrderlyEnd | null): string {
  if (!OUT_OF_MEMORY.test(said)) return '';
  if (memoryLimitMb !== null) return `Its limit is ${memoryLimitMb} MiB (memory_limit_mb).`;
  const bytes = end?.address_space_limit;
  return bytes ? `Its address space is limited to ${Math.round(bytes / MIB)} MiB (ulimit -v).` : '';
}

function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-LAST_LINES).join('\n');
}

function sentenceOf(raised: Raised, directory: string, folder: JobFolder): string {
  const { first } = raised;
  const began = first ? `; it began with ${describe(first, directory, folder)}` : '';
  return `${describe(raised, directory, folder)}${began}.`;
}

function describe({ what, file, line }: Raised, directory: string, folder: JobFolder): string {
  const said = oneLine(what);
  const short = said.length > LONGEST ? `${said.slice(0, LONGEST).toWellFormed()}…` : said;
  if (file === null) return short;
  return `${short} (${oneLine(shownPath(file, directory, folder))}, line ${line})`;
}

/** As the user calls it: from the folder that the script ran in. */
function shownPath(file: string, directory: string, folder: JobFolder): string {
  if (file === folder.script || file === folder.comparedScript) return basename(file);
  const path = relative(directory, file);
  return path.startsWith('..') ? file : path;
}

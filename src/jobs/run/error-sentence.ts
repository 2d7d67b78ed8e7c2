/** Why a run failed, in one sentence, found once: at its end. */
import { basename, relative } from 'node:path';
import type { JobRequest, Outcome } from '../../core/job.ts';
import { describeOutcome } from '../../core/outcome.ts';
import type { JobFolder } from '../../output/files/job-folder.ts';
import { present } from '../../output/files/output-window.ts';
import { readTail } from '../../output/files/read-page.ts';
import { type Raised, raisedIn } from '../../output/search/raised.ts';
import { oneLine } from '../../output/terminal/one-line.ts';

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
): string | null {
  if (outcome.kind !== 'exited' || outcome.code !== RAISED) return null;
  const raised = raisedIn(present(readTail(folder.stderr, TAIL_BYTES, true).bytes));
  return raised && sentenceOf(raised, request.directory, folder) + limitMet(raised, request);
}

const OUT_OF_MEMORY = /^(?:[\w.]*MemoryError\b|OSError: \[Errno 12\]|\w+: std::bad_alloc)/;

/** A script that is short of memory need not know that it has a limit. */
function limitMet({ what }: Raised, { memoryLimitMb }: JobRequest): string {
  if (memoryLimitMb === null || !OUT_OF_MEMORY.test(what)) return '';
  return ` Its limit is ${memoryLimitMb} MiB (memory_limit_mb).`;
}

function sentenceOf({ what, file, line }: Raised, directory: string, folder: JobFolder): string {
  const said = oneLine(what);
  const short = said.length > LONGEST ? `${said.slice(0, LONGEST).toWellFormed()}…` : said;
  if (file === null) return `${short}.`;
  return `${short} (${oneLine(shownPath(file, directory, folder))}, line ${line}).`;
}

/** As the user calls it: from the folder that the script ran in. */
function shownPath(file: string, directory: string, folder: JobFolder): string {
  if (file === folder.script) return basename(file);
  const path = relative(directory, file);
  return path.startsWith('..') ? file : path;
}

/** What lists and replies say of a job that has ended. */
export function errorOfEnd(end: { error?: string | null; outcome: Outcome }): string | null {
  return end.error ?? describeOutcome(end.outcome);
}

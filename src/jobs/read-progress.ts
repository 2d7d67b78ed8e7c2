/** Progress of a running job, read from the newest part of its output. */
import { decodeUtf8 } from '../output/code-points.ts';
import type { JobFolder } from '../output/job-folder.ts';
import { chooseProgress, type Progress } from '../output/progress.ts';
import { readTail } from '../output/read-page.ts';

export type { Progress } from '../output/progress.ts';

/** Enough for a few redraws of nested bars, small enough to be read several times a second. */
const TAIL_BYTES = 4096;

export function readProgress(folder: JobFolder): Progress | null {
  return chooseProgress(tailText(folder.stdout), tailText(folder.stderr));
}

/** The newest line of output that says something, for progress messages; at most 200 characters. */
export function lastLine(folder: JobFolder): string {
  const text = tailText(folder.stdout) || tailText(folder.stderr);
  const lines = text.split(/[\r\n]+/).map((line) => line.trim());
  return lines.findLast((line) => line !== '')?.slice(0, 200) ?? '';
}

function tailText(path: string): string {
  return decodeUtf8(readTail(path, TAIL_BYTES, false).bytes);
}

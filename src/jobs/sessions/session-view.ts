/** A session as replies show it: what it does, what it holds, its newest cells. */
import type { CellRow, SessionView } from '../../contract/replies/session.ts';
import { hasEnded, type Job } from '../../core/job.ts';
import type { JobFolder } from '../../output/files/job-folder.ts';
import { cleanTerminalText } from '../../output/terminal/clean-text.ts';
import { lookAtCell } from './cell-status.ts';
import { newestCell, readRequest, readState, readVariables } from './session-files.ts';
import type { SessionState, Variable } from './session-files.ts';

const MOST_VARIABLES = 50;
const MOST_CELLS = 5;
const LONGEST_LINE = 80;

/** In the least words. */
export function sessionView(job: Job, folder: JobFolder): SessionView {
  const now = readState(folder);
  const state = hasEnded(job) ? 'ended' : now.state;
  return {
    name: job.request.session?.name ?? '',
    state,
    cell: now.cell,
    queued: state === 'ended' ? 0 : newestCell(folder) - now.cell,
    ...(state === 'waiting_for_input' ? { prompt: cleanTerminalText(now.prompt ?? '') } : {}),
    ...endOf(state, now),
  };
}

/** The same with what it holds and what it did last. */
export function wholeSessionView(job: Job, folder: JobFolder): SessionView {
  const variables = readVariables(folder);
  return {
    ...sessionView(job, folder),
    variables: variables.slice(0, MOST_VARIABLES).map(sentenceOf),
    ...(variables.length > MOST_VARIABLES ? { variables_total: variables.length } : {}),
    cells: newestRows(job, folder),
  };
}

function endOf(state: string, { ends_at: end }: SessionState): { ends_at?: string } {
  const isTime = state === 'idle' && typeof end === 'number' && Math.abs(end) < 8.64e15;
  return isTime ? { ends_at: new Date(end).toISOString() } : {};
}

function sentenceOf({ name, type, shape }: Variable): string {
  return cleanTerminalText(`${name}: ${[type, shape?.join('×')].filter(Boolean).join(' ')}`);
}

function newestRows(job: Job, folder: JobFolder): CellRow[] {
  const newest = newestCell(folder);
  const first = Math.max(1, newest - MOST_CELLS + 1);
  const numbers = Array.from({ length: newest - first + 1 }, (_, index) => first + index);
  return numbers.flatMap((cell) => rowOf(job, folder, cell) ?? []);
}

function rowOf(job: Job, folder: JobFolder, cell: number): CellRow | null {
  const request = readRequest(folder, cell);
  if (!request) return null;
  const sighting = lookAtCell(job, folder, cell);
  const record = 'record' in sighting ? sighting.record : null;
  const [line = ''] = request.code.trimStart().split('\n', 1);
  return {
    cell,
    status: sighting.status,
    client: cleanTerminalText(request.client),
    first_line: cleanTerminalText(line.slice(0, LONGEST_LINE)).toWellFormed(),
    ...(record ? { elapsed_seconds: (record.ended - record.started) / 1000 } : {}),
    ...(record?.changed ? { changed: record.changed.map(cleanTerminalText) } : {}),
  };
}

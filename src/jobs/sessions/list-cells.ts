/** Cells with what was asked, for people and programs. */
import type { CellsReply, CellView } from '../../contract/replies/session.ts';
import type { Job } from '../../core/job.ts';
import type { JobFolder } from '../../output/files/job-folder.ts';
import { cellReply } from './cell-reply.ts';
import { newestCell, readRequest } from './session-files.ts';

/** Null when there is no such cell. */
export function cellView(job: Job, folder: JobFolder, cell: number): CellView | null {
  const request = readRequest(folder, cell);
  if (!request) return null;
  const { code, client, accepted } = request;
  const accepted_at = new Date(accepted).toISOString();
  return { ...cellReply(job, folder, cell), code, client, accepted_at };
}

/** From a number on; without one, the newest. */
export function listCells(
  job: Job,
  folder: JobFolder,
  from: number | undefined,
  limit: number,
): CellsReply {
  const newest = newestCell(folder);
  const first = from ?? Math.max(1, newest - limit + 1);
  const count = Math.max(0, Math.min(limit, newest - first + 1));
  const numbers = Array.from({ length: count }, (_, index) => first + index);
  return { cells: numbers.flatMap((cell) => cellView(job, folder, cell) ?? []), newest };
}

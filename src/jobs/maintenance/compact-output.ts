/** The last thing that happens to a job's output: large logs are packed, their size is recorded. */
import { statSync } from 'node:fs';
import { STREAMS } from '../../output/files/job-folder.ts';
import { packOutput } from '../../output/files/pack-output.ts';
import { executorOf } from '../../executors/executor-of.ts';
import { type Engine, folderOf, placedOf } from '../context/job-context.ts';
import { sizeOfFolder } from '../../os/folder-size.ts';

/** Smaller logs cost little, and people like to open them. */
const PACKED_FROM_BYTES = 1024 * 1024;

/**
 * For a job that has ended. A crash in between loses nothing: it is done again.
 * @returns false when it has to wait, because something may still write to the output.
 */
export async function compactOutput(
  engine: Engine,
  jobId: string,
  signal: AbortSignal,
): Promise<boolean> {
  const folder = folderOf(engine, jobId);
  const large = STREAMS.map((stream) => folder[stream]).filter(isLarge);
  if (large.length > 0 && (await hasProcesses(engine, jobId))) return false;
  for (const path of large) {
    if (!(await packOrMiss(path, signal))) return false;
  }
  const diskBytes = await sizeOfFolder(folder.root);
  if (signal.aborted) return false;
  engine.store.markAtRest(jobId, diskBytes);
  return true;
}

function isLarge(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat !== undefined && stat.isFile() && stat.size >= PACKED_FROM_BYTES;
}

/** What a job left behind holds its output open: the file must not be taken away from it. */
async function hasProcesses(engine: Engine, jobId: string): Promise<boolean> {
  const job = engine.store.find(jobId);
  if (!job) return false;
  return executorOf(engine.executors, job.request).hasProcesses(placedOf(engine, job));
}

/** Another server may have packed the file, or pruned the job, since we looked. */
async function packOrMiss(path: string, signal: AbortSignal): Promise<boolean> {
  try {
    return await packOutput(path, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw error;
  }
}

/** Removes ended jobs: their files first, then their row, so that a crash leaves nothing unnamed. */
import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Engine, folderOf } from '../context/job-context.ts';

export interface PruneRequest {
  keepCompleted: boolean;
  keepFailed: boolean;
  keepCancelled: boolean;
  maxAgeHours: number;
  dryRun: boolean;
}

export interface PruneReply {
  removed: number;
  remaining: number;
  freed_bytes: number;
  message?: string;
}

export async function pruneJobs(engine: Engine, request: PruneRequest): Promise<PruneReply> {
  const states = statesToRemove(request);
  const before = Date.now() - request.maxAgeHours * 3_600_000;
  const ids = engine.lists.prunable(states, before);
  let freed = 0;
  for (const id of ids) {
    freed += await sizeOfFolder(folderOf(engine, id).root);
    if (!request.dryRun) await removeJob(engine, id);
  }
  const remaining = engine.lists.count(null) - (request.dryRun ? ids.length : 0);
  return { removed: ids.length, remaining, freed_bytes: freed, ...hintFor(states) };
}

/** Of one ended job; nothing that its folder links to. */
export async function removeJob(engine: Engine, id: string): Promise<void> {
  await rm(folderOf(engine, id).root, { recursive: true, force: true });
  engine.store.remove(id);
}

function statesToRemove(request: PruneRequest): string[] {
  return [
    ...(request.keepCompleted ? [] : ['completed']),
    ...(request.keepFailed ? [] : ['failed']),
    ...(request.keepCancelled ? [] : ['cancelled']),
  ];
}

function hintFor(states: string[]): { message?: string } {
  if (states.length > 0) return {};
  return {
    message:
      'Nothing was to be removed: keep_completed, keep_failed and keep_cancelled are all true. ' +
      'Pass false for what may go.',
  };
}

/** Disk space in bytes; never follows links. */
export async function sizeOfFolder(path: string): Promise<number> {
  const entries = await readdir(path, { withFileTypes: true, recursive: true }).catch(() => []);
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map(async (entry) => {
      const stat = await lstat(join(entry.parentPath, entry.name)).catch(() => null);
      return (stat?.blocks ?? 0) * 512;
    });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** Removes ended jobs: their files first, then their row, so that a crash leaves nothing unnamed. */
import type { PruneReply } from '../../contract/replies/control.ts';
import type { FinalStatus } from '../../core/job.ts';
import { Turns } from '../../core/turns.ts';
import type { EndedRow } from '../../store/job-lists.ts';
import { patiently } from '../../store/patience.ts';
import { type Engine, folderOf } from '../context/job-context.ts';
import { measureJobs } from './measure.ts';
import { removeFolder } from '../../os/remove-folder.ts';

export interface PruneRequest {
  keepCompleted: boolean;
  keepFailed: boolean;
  keepCancelled: boolean;
  maxAgeHours: number;
  dryRun: boolean;
}

/** Rows that are looked up, and removed, in one go. */
const BATCH = 200;
/** So many jobs that could not be removed are named. */
const NAMED = 3;

export async function pruneJobs(engine: Engine, request: PruneRequest): Promise<PruneReply> {
  const states = statesToRemove(request);
  const before = Date.now() - request.maxAgeHours * 3_600_000;
  const kept = new Map<string, string>();
  let [removed, freed] = [0, 0];
  for await (const rows of endedJobs(engine, states, before)) {
    const sizes = await sizesOf(engine, rows);
    if (!request.dryRun) await removeJobs(engine, [...sizes.keys()], kept);
    for (const [id, bytes] of sizes) {
      if (kept.has(id)) continue;
      removed += 1;
      freed += bytes;
    }
  }
  const remaining = engine.lists.count(null) - (request.dryRun ? removed : 0);
  return { removed, remaining, freed_bytes: freed, ...messageFor(states, kept) };
}

/**
 * Removes jobs in turns of the event loop. One whose folder cannot be removed stays, and stops none
 * of the others: why is written to `kept`.
 */
export async function removeJobs(
  engine: Engine,
  ids: readonly string[],
  kept: Map<string, string>,
): Promise<void> {
  const turns = new Turns();
  const gone: string[] = [];
  for (const id of ids) {
    try {
      await removeFolder(folderOf(engine, id).root);
      gone.push(id);
    } catch (error) {
      kept.set(id, (error as Error).message);
      engine.log.warn('a job could not be removed', { job: id, error: String(error) });
    }
    await turns.pause();
  }
  await patiently(() => engine.store.remove(...gone));
}

/** Of one ended job; nothing that its folder links to. */
export async function removeJob(engine: Engine, id: string): Promise<void> {
  await removeFolder(folderOf(engine, id).root);
  await patiently(() => engine.store.remove(id));
}

/** Those that ended before `before`, in batches; each is looked up when the one before is done. */
async function* endedJobs(
  { lists }: Engine,
  states: readonly FinalStatus[],
  before: number,
): AsyncGenerator<EndedRow[]> {
  const turns = new Turns();
  for (const state of states) {
    let rows = lists.ended(state, before, null, BATCH);
    for (; rows.length > 0; rows = lists.ended(state, before, rows.at(-1) ?? null, BATCH)) {
      yield rows;
      await turns.pause();
    }
  }
}

async function sizesOf(engine: Engine, rows: readonly EndedRow[]): Promise<Map<string, number>> {
  const unknown = rows.filter(({ diskBytes }) => diskBytes === null).map(({ id }) => id);
  const measured = await measureJobs(engine, unknown);
  return new Map(rows.map(({ id, diskBytes }) => [id, diskBytes ?? measured.get(id) ?? 0]));
}

function statesToRemove(request: PruneRequest): FinalStatus[] {
  return [
    ...(request.keepCompleted ? [] : ['completed' as const]),
    ...(request.keepFailed ? [] : ['failed' as const]),
    ...(request.keepCancelled ? [] : ['cancelled' as const]),
  ];
}

function messageFor(states: FinalStatus[], kept: Map<string, string>): { message?: string } {
  if (kept.size > 0) return { message: sentenceAbout(kept) };
  if (states.length > 0) return {};
  return {
    message:
      'Nothing was to be removed: keep_completed, keep_failed and keep_cancelled are all true. ' +
      'Pass false for what may go.',
  };
}

function sentenceAbout(kept: Map<string, string>): string {
  const named = [...kept].slice(0, NAMED).map(([id, why]) => `${id} (${why.slice(0, 200)})`);
  const more = kept.size > NAMED ? ` and ${kept.size - NAMED} more` : '';
  return `Not removed, as their folders could not be: ${named.join(', ')}${more}.`;
}

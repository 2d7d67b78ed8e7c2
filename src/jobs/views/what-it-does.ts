/** What a job is doing right now, as one line: for progress notifications, tasks and prompts. */
import { worded } from '../../core/wording.ts';
import type { Progress } from '../../contract/replies/one-job.ts';
import { hasEnded, type Job, statusOf } from '../../core/job.ts';
import { describeOutcome } from '../../core/outcome.ts';
import { type Engine, folderOf } from '../context/job-context.ts';
import { describeBuildOf } from './build-progress.ts';
import { lastLine } from './read-progress.ts';
import { waitsFor } from './waits-for.ts';

/** @param progress what a running job says of itself */
export function whatItDoes(engine: Engine, job: Job, progress: Progress | null): string {
  const folder = folderOf(engine, job.id);
  if (hasEnded(job)) return worded(describeOutcome(job.state.outcome) ?? statusOf(job.state));
  if (job.state.name === 'pending') return `waiting for ${waitsFor(engine, job)}`;
  if (job.state.name === 'preparing') {
    const build = describeBuildOf(folder);
    return build === null ? 'preparing' : `installing packages: ${build}`;
  }
  if (progress?.source === 'benchmark') return progress.message ?? 'running';
  const line = lastLine(folder) || 'running';
  const percent = progress?.percent ?? null;
  return percent === null || line.includes('%') ? line : `${percent} % · ${line}`;
}

/** A job as a task of the extension: the same thing under its other name. */
import type { CallToolResult } from '@modelcontextprotocol/server';
import { hasEnded, isFinal, type Job } from '../../core/job.ts';
import type { JobService } from '../../jobs/job-service.ts';

export interface Task {
  /** The id of the job, so that every tool takes it. */
  taskId: string;
  status: 'working' | 'completed' | 'cancelled';
  statusMessage: string;
  createdAt: string;
  lastUpdatedAt: string;
  /** Jobs are kept as the settings say, which no client can count on. */
  ttlMs: null;
  pollIntervalMs: number;
  /** When it is completed. */
  result?: CallToolResult;
}

const SHORTEST_POLL_MS = 1_000;
const LONGEST_POLL_MS = 5_000;
/** A job that has run for a minute is not over in the next second. */
const POLLS_PER_AGE = 10;

function taskOf(jobs: JobService, { id, state, createdAt }: Job): Task {
  const age = Date.now() - createdAt;
  const started = 'startedAt' in state ? state.startedAt : null;
  const updated = 'endedAt' in state ? state.endedAt : (started ?? createdAt);
  return {
    taskId: id,
    status: statusOf(state),
    statusMessage: jobs.whatItDoes(id),
    createdAt: new Date(createdAt).toISOString(),
    lastUpdatedAt: new Date(updated).toISOString(),
    ttlMs: null,
    pollIntervalMs: Math.round(
      Math.min(Math.max(age / POLLS_PER_AGE, SHORTEST_POLL_MS), LONGEST_POLL_MS),
    ),
  };
}

/** The reply to a call that goes on as a task. */
export function asTask(jobs: JobService, job: Job): CallToolResult {
  return { resultType: 'task', ...taskOf(jobs, job), content: [] };
}

/** A script that fails has a result: a failed task would be a fault of the protocol. */
function statusOf(state: Job['state']): Task['status'] {
  if (!isFinal(state)) return 'working';
  return state.name === 'cancelled' ? 'cancelled' : 'completed';
}

/**
 * With the result when there is one.
 * @throws JobError unknown_job
 */
export async function readTask(
  jobs: JobService,
  id: string,
  present: (job: Job) => Promise<CallToolResult>,
): Promise<Task> {
  const job = jobs.get(id);
  const task = taskOf(jobs, job);
  if (!hasEnded(job) || task.status === 'cancelled') return task;
  const result = { resultType: 'complete', ...(await present(job)) };
  return { ...task, result };
}

/**
 * Answered at once, as the protocol wants: the job ends when its processes have.
 * @throws JobError unknown_job
 */
export function cancelTask(jobs: JobService, id: string, onFault: (error: unknown) => void): void {
  jobs.get(id);
  jobs.control.cancel(id).catch(onFault);
}

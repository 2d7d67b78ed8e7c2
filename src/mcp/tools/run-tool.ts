/** What all tools that run a script share: wait for a quick one, hand over a long one. */
import type { CallToolResult } from '@modelcontextprotocol/server';
import { JobError } from '../../core/job-error.ts';
import { hasEnded, statusOf, type Job } from '../../core/job.ts';
import type { ArtifactEntry, RunReply } from '../../contract/replies/run-result.ts';
import type { RunInput } from '../../jobs/accept/run-request.ts';
import { asTask } from '../tasks/task-of-job.ts';
import { problem, structured, withNotes } from './present.ts';
import { reportProgress } from './report-progress.ts';
import { forEveryHost, withArtifacts } from './show-artifacts.ts';
import { type ToolContext, whenDelivered } from './tool.ts';

export async function runScript(
  input: RunInput,
  tool: string,
  context: ToolContext,
): Promise<CallToolResult> {
  const job = await context.jobs.run(input, { tool, client: context.client });
  // A script that asks questions is answered by the model, which a task would not wake for that.
  const isTask = context.takesTasks && !input.interactive;
  if (input.async_mode) {
    if (isTask) return asTask(context.jobs, job);
    const message = `Runs in the background. ${howToWait(job.id)}`;
    return structured({ job_id: job.id, status: 'pending', message });
  }
  const budgetMs = isTask ? Math.min(context.budgetMs, TASK_AFTER_MS) : context.budgetMs;
  const seen = await waitForRun(job, { ...context, budgetMs });
  return isTask && !hasEnded(seen) ? asTask(context.jobs, seen) : presentRun(seen, context);
}

/** Whoever is woken at the end need not wait long. */
const TASK_AFTER_MS = 5_000;

/** Waits within the time budget; a run whose caller has gone away is ended, as nobody collects it. */
async function waitForRun(job: Job, context: ToolContext): Promise<Job> {
  const { jobs, budgetMs, waiting, request } = context;
  const { signal } = request.mcpReq;
  waiting.add(job.id);
  const stopReporting = reportProgress(job.id, context);
  try {
    const seen = await jobs.waitForEndOrInput(job.id, Date.now() + budgetMs, signal);
    if (signal.aborted && !hasEnded(seen)) await jobs.control.cancel(job.id);
    return seen;
  } finally {
    stopReporting();
    waiting.delete(job.id);
  }
}

/** The same as the call would have returned, had it waited for the end. */
export async function presentEnd(
  job: Job,
  context: ToolContext,
  reportFault: (error: unknown) => void,
): Promise<CallToolResult> {
  const notes = context.taskNotes.get(job.id) ?? [];
  return presentRun(job, context)
    .then((reply) => forEveryHost(withNotes(reply, notes)))
    .catch((error: unknown) => problem(error, reportFault));
}

/** @throws JobError environment_failed */
async function presentRun(job: Job, context: ToolContext): Promise<CallToolResult> {
  if (!hasEnded(job)) return handOver(job, context);
  const { outcome } = job.state;
  if (outcome.kind === 'never_started') {
    throw new JobError('environment_failed', `${outcome.reason} (job ${job.id})`);
  }
  const result = replyOf(job.id, context);
  const put = (artifacts?: ArtifactEntry[]) => (artifacts ? { ...result, artifacts } : result);
  const presented = await withArtifacts(job.id, result.artifacts, put, context);
  whenDelivered(context, () => context.toldEnds.add(job.id, context.session));
  return presented;
}

/** A benchmark's figures are the result; the output of all its runs together is not. */
function replyOf(id: string, { jobs }: ToolContext): { artifacts?: RunReply['artifacts'] } {
  const reply = jobs.runReply(id);
  const { benchmark } = jobs.result(id) ?? {};
  if (!reply || !benchmark) return reply ?? {};
  const { stdout: _out, stderr: _err, truncated: _all, ...rest } = reply;
  return { ...rest, ...benchmark };
}

function handOver(job: Job, context: ToolContext): CallToolResult {
  const { jobs, budgetMs, session } = context;
  const asked = jobs.awaitedInput(job.id);
  const { shown, advance } = jobs.read.handOver(job.id, session);
  whenDelivered(context, advance);
  return structured({
    job_id: job.id,
    status: statusOf(job.state),
    ...(asked === null
      ? {
          message: `${stillDoing(job, context)} after ${budgetMs / 1000} s: it goes on in the background. ${howToWait(job.id)}`,
        }
      : { message: WAITS_FOR_INPUT, waiting_for_input: asked }),
    ...shown,
  });
}

const WAITS_FOR_INPUT = 'The script waits for input. Answer with py_send_input(job_id, text).';

/** A turn of the model costs more than a wait: few long ones, or a command that wakes it. */
function howToWait(id: string): string {
  return `Wait with py_job_status(job_id, incremental=true, wait_seconds=45), or run the shell command "python-mcp wait ${id}" in the background: it ends with the job.`;
}

function stillDoing({ id, state }: Job, { jobs }: ToolContext): string {
  const waits = jobs.waitsFor(id);
  if (waits !== null) return `Still waiting for ${waits}`;
  return state.name === 'preparing' ? 'Still installing packages' : 'Still running';
}

/** `python-mcp run`: a script as a job, followed live or left in the background. */
import { START } from '../core/cursor.ts';
import { hasEnded, type EndedJob, type Job } from '../core/job.ts';
import { describeOutcome } from '../core/outcome.ts';
import type { JobService } from '../jobs/job-service.ts';
import { exitCodeOf } from './exit-code.ts';
import { BROKEN_PIPE, complain } from './failure.ts';
import { relayInput } from './input-relay.ts';
import { catchInterrupts, type Interrupts } from './interrupt.ts';
import { ProgressLine } from './progress-line.ts';
import { runInputOf, type RunOptions } from './run-input.ts';
import { isBrokenPipe, printJson, printLine, type Terminal, write } from './terminal.ts';

const LOOK_AGAIN_MS = 20;
const WAIT_MS = 60_000;

/** @returns the exit code for the shell. */
export async function run(
  jobs: JobService,
  words: string[],
  options: RunOptions,
  terminal: Terminal,
): Promise<number> {
  const input = await runInputOf(words, options, terminal);
  const interrupts = catchInterrupts();
  const { id } = await jobs.run(input, 'run');
  const cancelled = cancelOnInterrupt(jobs, id, interrupts);
  try {
    if (options.detach) return await detach(jobs, id, options, terminal);
    return await collect(jobs, id, options, terminal, interrupts);
  } finally {
    await cancelled();
    interrupts.release();
  }
}

/** The first signal asks the script to end, the second ends it. Returns a wait for what it started. */
function cancelOnInterrupt(
  jobs: JobService,
  id: string,
  { first, second }: Interrupts,
): () => Promise<unknown> {
  const work: Promise<unknown>[] = [];
  first.addEventListener('abort', () => work.push(jobs.cancel(id)));
  second.addEventListener('abort', () => work.push(jobs.cancel(id, 0)));
  return () => Promise.allSettled(work);
}

async function collect(
  jobs: JobService,
  id: string,
  options: RunOptions,
  terminal: Terminal,
  interrupts: Interrupts,
): Promise<number> {
  const progress = new ProgressLine(terminal.stderr, () => jobs.view(id));
  const input = new AbortController();
  const relaying = options.interactive ? relayInput(jobs, id, terminal.stdin, input.signal) : null;
  try {
    if (options.json) await untilEnd(jobs, id);
    else await follow(jobs, id, terminal, progress);
  } catch (error) {
    if (!isBrokenPipe(error)) throw error;
    await jobs.cancel(id); // nobody reads it any more, as with any program in a pipe
    return BROKEN_PIPE;
  } finally {
    progress.stop();
    input.abort();
    await relaying;
  }
  return report(jobs, jobs.get(id), options, terminal, interrupts);
}

async function untilEnd(jobs: JobService, id: string): Promise<void> {
  let job = jobs.get(id);
  while (!hasEnded(job)) job = await jobs.waitForEnd(id, Date.now() + WAIT_MS);
}

/** Every byte as it is, each stream to its own. */
async function follow(
  jobs: JobService,
  id: string,
  terminal: Terminal,
  progress: ProgressLine,
): Promise<void> {
  for await (const { stream, bytes } of jobs.followOutput(id, START)) {
    progress.giveWay(bytes, terminal[stream].isTTY);
    await write(terminal[stream], bytes);
  }
}

async function report(
  jobs: JobService,
  job: Job,
  { json }: RunOptions,
  terminal: Terminal,
  interrupts: Interrupts,
): Promise<number> {
  if (!hasEnded(job)) throw new Error(`job ${job.id} was left before its end`);
  if (json) await printJson(terminal, jobs.result(job.id));
  else await explain(job, terminal);
  const cancelled = job.state.outcome.kind === 'cancelled';
  return (cancelled ? interrupts.exitCode() : null) ?? exitCodeOf(job.state.outcome);
}

/** A script that exits by itself speaks for itself. */
async function explain({ id, state }: EndedJob, terminal: Terminal): Promise<void> {
  if (state.outcome.kind === 'exited') return;
  await complain(terminal, `${describeOutcome(state.outcome)} (job ${id})`);
}

/**
 * There is no daemon: a job that is not launched when we leave would wait for the next server. So we
 * stay until its script runs.
 */
async function detach(
  jobs: JobService,
  id: string,
  { json }: RunOptions,
  terminal: Terminal,
): Promise<number> {
  const progress = new ProgressLine(terminal.stderr, () => jobs.view(id));
  let job = jobs.get(id);
  await sayIfQueued(job, terminal);
  while (!hasEnded(job) && job.state.name !== 'running') {
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    job = jobs.get(id);
  }
  progress.stop();
  const { status, error } = jobs.view(id);
  if (json) await printJson(terminal, { job_id: id, status, error });
  else await announce(id, terminal);
  const launched = !hasEnded(job) || job.state.startedAt !== null;
  if (launched) return 0;
  if (!json && hasEnded(job)) await explain(job, terminal);
  return hasEnded(job) ? exitCodeOf(job.state.outcome) : 1;
}

async function sayIfQueued(job: Job, terminal: Terminal): Promise<void> {
  if (job.state.name !== 'pending') return;
  await printLine(
    terminal.stderr,
    `python-mcp: as many jobs run as may (max_concurrent_jobs); job ${job.id} waits for a free place. Ctrl-C gives it up.`,
  );
}

/** The id alone on standard output, so that `$(python-mcp run --detach …)` is the id. */
async function announce(id: string, { stdout, stderr }: Terminal): Promise<void> {
  await printLine(stdout, id);
  if (stderr.isTTY) await printLine(stderr, `Follow it with: python-mcp output -f ${id}`);
}

/** `python-mcp run`: a script as a job, followed live or left in the background. */
import { START } from '../core/cursor.ts';
import { hasEnded, statusOf, type EndedJob, type Job } from '../core/job.ts';
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
  const progress = new ProgressLine(terminal.stderr, () => jobs.view(id));
  const cancelled = cancelOnInterrupt(jobs, id, interrupts, progress);
  try {
    if (options.detach) await untilLaunched(jobs, id, terminal);
    else await collect(jobs, id, options, terminal, progress);
  } catch (error) {
    if (!isBrokenPipe(error)) throw error;
    await jobs.cancel(id); // nobody reads it any more, as with any program in a pipe
    return BROKEN_PIPE;
  } finally {
    progress.stop();
    await cancelled();
    interrupts.release();
  }
  const job = jobs.get(id);
  if (options.detach) return announce(job, options, terminal);
  return report(jobs, job, options, terminal, interrupts);
}

/** The first signal asks the script to end, the second ends it. Returns a wait for what it started. */
function cancelOnInterrupt(
  jobs: JobService,
  id: string,
  { first, second }: Interrupts,
  progress: ProgressLine,
): () => Promise<unknown> {
  const work: Promise<unknown>[] = [];
  first.addEventListener('abort', () => {
    progress.say('waiting for the script to end; Ctrl-C again kills it');
    work.push(jobs.cancel(id));
  });
  second.addEventListener('abort', () => work.push(jobs.cancel(id, 0)));
  return () => Promise.allSettled(work);
}

async function collect(
  jobs: JobService,
  id: string,
  { json, interactive }: RunOptions,
  terminal: Terminal,
  progress: ProgressLine,
): Promise<void> {
  const input = new AbortController();
  const relaying = interactive ? relayInput(jobs, id, terminal.stdin, input.signal) : null;
  try {
    if (json) await untilEnd(jobs, id);
    else await follow(jobs, id, terminal, progress);
  } finally {
    input.abort();
    await relaying;
  }
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
async function untilLaunched(jobs: JobService, id: string, terminal: Terminal): Promise<void> {
  let job = jobs.get(id);
  if (job.state.name === 'pending') await sayQueued(id, terminal);
  while (!hasEnded(job) && job.state.name !== 'running') {
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    job = jobs.get(id);
  }
}

async function sayQueued(id: string, { stderr }: Terminal): Promise<void> {
  await printLine(
    stderr,
    `python-mcp: as many jobs run as may (max_concurrent_jobs); job ${id} waits for a free place. Ctrl-C gives it up.`,
  );
}

/** The id alone on standard output, so that `$(python-mcp run --detach …)` is the id. */
async function announce(job: Job, { json }: RunOptions, terminal: Terminal): Promise<number> {
  const { stdout, stderr } = terminal;
  const ended = hasEnded(job) ? job : null;
  const error = ended && describeOutcome(ended.state.outcome);
  if (json) await printJson(terminal, { job_id: job.id, status: statusOf(job.state), error });
  else await printLine(stdout, job.id);
  if (ended && ended.state.startedAt === null) {
    if (!json) await explain(ended, terminal);
    return exitCodeOf(ended.state.outcome);
  }
  if (stderr.isTTY) await printLine(stderr, `Follow it with: python-mcp output -f ${job.id}`);
  return 0;
}

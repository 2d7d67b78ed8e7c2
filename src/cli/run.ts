/** `python-mcp run`: a script as a job, followed live or left in the background. */
import { START } from '../core/cursor.ts';
import { hasEnded, statusOf, type EndedJob } from '../core/job.ts';
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

/** One run and whom it is for. */
interface Run {
  jobs: JobService;
  id: string;
  options: RunOptions;
  terminal: Terminal;
  interrupts: Interrupts;
  progress: ProgressLine;
}

/** @returns the exit code for the shell. */
export async function run(
  jobs: JobService,
  words: string[],
  options: RunOptions,
  terminal: Terminal,
): Promise<number> {
  const input = await runInputOf(words, options, terminal);
  const interrupts = catchInterrupts();
  try {
    const { id } = await jobs.run(input, 'run');
    const { stdin, stderr } = terminal;
    const isTyping = options.interactive === true && stdin.isTTY;
    const progress = new ProgressLine(stderr, stderr.isTTY && !isTyping, () => jobs.view(id));
    return await accompany({ jobs, id, options, terminal, interrupts, progress });
  } finally {
    interrupts.release();
  }
}

async function accompany(run: Run): Promise<number> {
  const { jobs, id, options, progress } = run;
  const cancelled = cancelOnInterrupt(run);
  try {
    await (options.detach ? untilLaunched(run) : collect(run));
  } catch (error) {
    if (!isBrokenPipe(error)) throw error;
    await jobs.cancel(id); // nobody reads it any more, as with any program in a pipe
    return BROKEN_PIPE;
  } finally {
    progress.stop();
    await cancelled();
  }
  return options.detach ? announce(run) : report(run);
}

/** The first signal asks the script to end, the second ends it. Returns a wait for what it started. */
function cancelOnInterrupt({ jobs, id, interrupts, progress }: Run): () => Promise<unknown> {
  const work: Promise<unknown>[] = [];
  whenRaised(interrupts.first, () => {
    progress.say('waiting for the script to end; Ctrl-C again kills it');
    work.push(jobs.cancel(id));
  });
  whenRaised(interrupts.second, () => work.push(jobs.cancel(id, 0)));
  return () => Promise.allSettled(work);
}

function whenRaised(signal: AbortSignal, act: () => void): void {
  if (signal.aborted) act();
  else signal.addEventListener('abort', act, { once: true });
}

async function collect(run: Run): Promise<void> {
  const { jobs, id, options, terminal } = run;
  const input = new AbortController();
  const relaying = options.interactive ? relayInput(jobs, id, terminal.stdin, input.signal) : null;
  try {
    await (options.json ? untilEnd(run) : follow(run));
  } finally {
    input.abort();
    await relaying;
  }
}

async function untilEnd({ jobs, id }: Run): Promise<void> {
  let job = jobs.get(id);
  while (!hasEnded(job)) job = await jobs.waitForEnd(id, Date.now() + WAIT_MS);
}

/** Every byte as it is, each stream to its own. */
async function follow({ jobs, id, terminal, progress }: Run): Promise<void> {
  for await (const { stream, bytes } of jobs.followOutput(id, START)) {
    progress.giveWay(bytes, terminal[stream].isTTY);
    await write(terminal[stream], bytes);
  }
}

async function report({ jobs, id, options, terminal, interrupts }: Run): Promise<number> {
  const job = jobs.get(id);
  if (!hasEnded(job)) throw new Error(`job ${id} was left before its end`);
  if (options.json) await printJson(terminal, jobs.result(id));
  else await explain(job, terminal);
  const { outcome } = job.state;
  return (outcome.kind === 'cancelled' ? interrupts.exitCode() : null) ?? exitCodeOf(outcome);
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
async function untilLaunched({ jobs, id, terminal }: Run): Promise<void> {
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
async function announce({ jobs, id, options, terminal }: Run): Promise<number> {
  const { stdout, stderr } = terminal;
  const job = jobs.get(id);
  const ended = hasEnded(job) ? job : null;
  const error = ended && describeOutcome(ended.state.outcome);
  if (options.json) await printJson(terminal, { job_id: id, status: statusOf(job.state), error });
  else await printLine(stdout, id);
  if (ended && ended.state.startedAt === null) {
    if (!options.json) await explain(ended, terminal);
    return exitCodeOf(ended.state.outcome);
  }
  if (stderr.isTTY) await printLine(stderr, `Follow it with: python-mcp output -f ${id}`);
  return 0;
}

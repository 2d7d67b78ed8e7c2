/** A command beside the job it started: signals and vanished readers cancel the job, Ctrl-\ leaves it. */
import { hasEnded, type EndedJob, type Job } from '../../core/job.ts';
import type { JobService } from '../../jobs/job-service.ts';
import type { Origin } from '../../jobs/accept/accept-run.ts';
import { atTerminal } from './at-terminal.ts';
import { exitCodeOf } from './exit-code.ts';
import { BROKEN_PIPE } from '../terminal/failure.ts';
import { catchInterrupts, catchLeave, type Interrupts } from '../terminal/interrupt.ts';
import { describeRun, ProgressLine } from './progress-line.ts';
import type { StayOptions } from './run-input.ts';
import { isBrokenPipe, printLine, type Terminal } from '../terminal/terminal.ts';

const WAIT_MS = 60_000;

/** For whom something is run. */
export interface Caller {
  jobs: JobService;
  options: StayOptions;
  terminal: Terminal;
}

/** One run and whom it is for. */
export interface Run extends Caller {
  id: string;
  interrupts: Interrupts;
  /** Raised when the job is to run on without us. */
  left: AbortSignal;
  progress: ProgressLine;
}

/** What a command does with its run. */
export interface Course {
  follow: (run: Run) => Promise<void>;
  /** Returns the exit code for the shell. */
  report: (run: Run) => Promise<number>;
}

/** @returns the exit code for the shell. */
export async function accompany(
  caller: Caller,
  start: (origin: Origin) => Promise<Job>,
  tool: string,
  course: Course,
): Promise<number> {
  const { jobs, options, terminal } = caller;
  const interrupts = catchInterrupts();
  const leave = catchLeave();
  try {
    const { id } = await start({
      tool,
      client: { name: 'cli', version: null },
      started: atTerminal(options, terminal),
    });
    const { stdin, stderr } = terminal;
    const isTyping = options.interactive === true && stdin.isTTY;
    const isShown = stderr.isTTY && !isTyping;
    const usual = isShown ? jobs.inspect.usualSeconds(id) : null;
    const progress = new ProgressLine(stderr, isShown, () => describeRun(jobs.view(id), usual));
    return await stayWith({ ...caller, id, interrupts, left: leave.signal, progress }, course);
  } finally {
    leave.release();
    interrupts.release();
  }
}

async function stayWith(run: Run, { follow, report }: Course): Promise<number> {
  const { jobs, id, progress } = run;
  const cancelled = cancelOnInterrupt(run);
  try {
    await follow(run);
  } catch (error) {
    if (!isBrokenPipe(error)) throw error;
    await jobs.control.cancel(id); // nobody reads it any more, as with any program in a pipe
    return BROKEN_PIPE;
  } finally {
    progress.stop();
    await cancelled();
  }
  if (run.left.aborted && !hasEnded(jobs.get(id))) return sayLeft(run);
  return report(run);
}

/** Nobody else would launch it before the next server. */
async function sayLeft({ jobs, id, terminal, progress }: Run): Promise<number> {
  await jobs.waitForStart(id);
  const where = `Job ${id} runs on: python-mcp output -f ${id}`;
  await printLine(terminal.stderr, `${progress.freshLine()}${where}`);
  return 0;
}

/** The first signal asks the script to end, the second ends it. Returns a wait for what it started. */
function cancelOnInterrupt({ jobs, id, interrupts, progress }: Run): () => Promise<unknown> {
  const work: Promise<unknown>[] = [];
  whenRaised(interrupts.first, () => {
    progress.say('waiting for the script to end; Ctrl-C again kills it');
    work.push(jobs.control.cancel(id));
  });
  whenRaised(interrupts.second, () => work.push(jobs.control.cancel(id, 0)));
  return () => Promise.allSettled(work);
}

function whenRaised(signal: AbortSignal, act: () => void): void {
  if (signal.aborted) act();
  else signal.addEventListener('abort', act, { once: true });
}

/** Or until we are to leave. */
export async function untilEnd({ jobs, id, left }: Run): Promise<void> {
  while (!hasEnded(await jobs.waitForEnd(id, Date.now() + WAIT_MS, left)) && !left.aborted);
}

export function endedJob({ jobs, id }: Run): EndedJob {
  const job = jobs.get(id);
  if (!hasEnded(job)) throw new Error(`job ${id} was left before its end`);
  return job;
}

/** A shell is told about the signal that we got, not about what it did to the job. */
export function exitCodeFor({ interrupts }: Run, { state: { outcome } }: EndedJob): number {
  return (outcome.kind === 'cancelled' ? interrupts.exitCode() : null) ?? exitCodeOf(outcome);
}

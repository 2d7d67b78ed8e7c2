/** `python-mcp run`: a script as a job, followed live or left in the background. */
import { START } from '../../core/cursor.ts';
import { hasEnded, statusOf, type EndedJob, type Job } from '../../core/job.ts';
import { worded } from '../../core/wording.ts';
import type { JobService } from '../../jobs/job-service.ts';
import type { Origin } from '../../jobs/accept/accept-run.ts';
import type { RunResult } from '../../contract/replies/run-result.ts';
import { failureHint } from '../../jobs/views/failure-hint.ts';
import {
  accompany,
  type Course,
  endedJob,
  exitCodeFor,
  type Run,
  untilEnd,
} from './stay-with-run.ts';
import { sayDropped } from '../terminal/dropped-output.ts';
import { exitCodeOf } from './exit-code.ts';
import { complain } from '../terminal/failure.ts';
import { outcomeInWords, wordFor } from '../terminal/words.ts';
import { sayEnd } from './last-line.ts';
import { relayInput } from './input-relay.ts';
import { runInputOf, type RunOptions, type StayOptions } from './run-input.ts';
import { printJson, printLine, isOneScreen, type Terminal, write } from '../terminal/terminal.ts';

/** @returns the exit code for the shell. */
export async function run(
  jobs: JobService,
  words: string[],
  options: RunOptions,
  terminal: Terminal,
  tool = 'run',
): Promise<number> {
  const input = await runInputOf(jobs, words, options, terminal);
  const start = (origin: Origin): Promise<Job> => jobs.run(input, origin);
  return accompany({ jobs, options, terminal }, start, tool, courseOf(options));
}

export function courseOf({ detach }: StayOptions): Course {
  return detach ? LEAVE : FOLLOW;
}

const FOLLOW = { follow: collect, report };
const LEAVE = { follow: untilLaunched, report: announce };

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

/** Every byte as it is, each stream to its own; on one screen in the order in which they came. */
async function follow({ jobs, id, left, terminal, progress }: Run): Promise<void> {
  const how = { isForScreen: isOneScreen(terminal), signal: left };
  for await (const { stream, bytes, skipped } of jobs.read.followOutput(id, START, how)) {
    progress.giveWay(bytes, terminal[stream].isTTY);
    if (skipped) await sayDropped(stream, skipped, terminal[stream], terminal);
    await write(terminal[stream], bytes);
  }
}

async function report(run: Run): Promise<number> {
  const { jobs, id, options, terminal } = run;
  await jobs.waitForEnd(id, Infinity); // the output may be over a moment before
  const job = endedJob(run);
  const result = jobs.result(id);
  if (options.json) await printJson(terminal, result);
  else {
    await explain(job, hintsOf(job, result), terminal);
    await sayEnd(run, job);
  }
  return exitCodeFor(run, job);
}

function hintsOf(job: EndedJob, result: RunResult | null): string[] {
  const hint = result && failureHint(job, result.stderr);
  return [...(result?.notes ?? []), ...(hint ? [hint] : [])];
}

/** A script that exits by itself speaks for itself; but it may have lacked a package or input. */
async function explain(job: EndedJob, hints: string[], terminal: Terminal): Promise<void> {
  const { outcome, launch } = job.state;
  if (launch?.left) await complain(terminal, worded(launch.left, wordFor));
  if (job.state.name === 'failed')
    for (const hint of hints) await complain(terminal, worded(hint, wordFor));
  if (outcome.kind === 'exited') return;
  const sentence = outcomeInWords(outcome);
  // On a terminal the last line has the id.
  await complain(terminal, terminal.stderr.isTTY ? `${sentence}` : `${sentence} (job ${job.id})`);
}

/**
 * There is no daemon: a job that is not launched when we leave would wait for the next server. So we
 * stay until its script runs.
 */
async function untilLaunched({ jobs, id, terminal }: Run): Promise<void> {
  const waits = jobs.waitsFor(id);
  if (waits !== null) await sayQueued(id, waits, terminal);
  await jobs.waitForStart(id);
}

async function sayQueued(id: string, waits: string, { stderr }: Terminal): Promise<void> {
  await printLine(stderr, `python-mcp: job ${id} waits for ${waits}. Ctrl-C gives it up.`);
}

/** The id alone on standard output, so that `$(python-mcp run --detach …)` is the id. */
async function announce({ jobs, id, options, terminal }: Run): Promise<number> {
  const { stdout, stderr } = terminal;
  const job = jobs.get(id);
  const ended = hasEnded(job) ? job : null;
  const error = ended && outcomeInWords(ended.state.outcome);
  if (options.json) await printJson(terminal, { job_id: id, status: statusOf(job.state), error });
  else await printLine(stdout, id);
  if (ended && ended.state.startedAt === null) {
    if (!options.json) await explain(ended, [], terminal);
    return exitCodeOf(ended.state.outcome);
  }
  if (stderr.isTTY) await printLine(stderr, `Follow it with: python-mcp output -f ${id}`);
  return 0;
}

/**
 * `npm run bench`: what the product promises about speed, as ratios of medians against a baseline
 * that is measured in the same run. Real processes, the built server, MCP over stdio.
 *
 *   --quick       fewer rounds
 *   --only NAME   one benchmark (may be repeated)
 *   --json FILE   where the JSON goes; default bench-results/<date>.json
 *
 * Exits with 1 when a ratio is over its limit.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildIfNeeded } from '../scripts/build.ts';
import { answerUnderFlood } from './answer-under-flood.ts';
import { cancel } from './cancel.ts';
import { eventLatency } from './event-latency.ts';
import { dryRun, pollCpu, pruneHistory, runHistory, tickQueue } from './history.ts';
import {
  idleCpu,
  idleHistory,
  idleServeCpu,
  idleServeHistory,
  idleServeWakeUps,
  idleWakeUps,
} from './idle.ts';
import { idleJob } from './idle-job.ts';
import { listJobs } from './list-jobs.ts';
import { millionLines, millionLinesWhole } from './million-lines.ts';
import { packedRead, packedSize } from './packed-log.ts';
import { pollLargeLog } from './poll-large-log.ts';
import { printLatency } from './print-latency.ts';
import { factsAbout, markdown, type Row, writeJson } from './report.ts';
import { type Benchmark, newHome, type Run, startJob } from './run.ts';
import { runtimeStart } from './runtime-start.ts';
import { sandboxStart } from './sandbox-start.ts';
import { startServer } from './server.ts';
import { SESSION_BENCHMARKS } from './sessions/rows.ts';
import { startup } from './startup.ts';
import { syncCall, syncCallCost } from './sync-call.ts';
import { warmAgainstUv, warmRun } from './warm-packages.ts';

const BENCHMARKS: readonly Benchmark[] = [
  {
    name: 'sync-call',
    measured: 'synchronous call of `pass`',
    against: 'the bare interpreter',
    limit: 1.6,
    run: syncCall,
  },
  {
    name: 'sync-call-cost',
    measured: 'what a synchronous call adds to the bare interpreter',
    against: 'a budget of 6 ms',
    limit: 1,
    run: syncCallCost,
  },
  {
    name: 'sandbox-start',
    measured: 'synchronous call of `pass` in a sandbox',
    against: 'without one, + 12 ms or × 1.5',
    limit: 1,
    run: sandboxStart,
  },
  {
    name: 'million-lines',
    measured: 'job that prints 1,000,000 lines, polled',
    against: 'stdout to a file from a shell',
    limit: 1.1,
    run: millionLines,
  },
  {
    name: 'million-lines-whole',
    measured: 'the same with each line delivered, by replies of 1 MB',
    against: 'stdout to a file from a shell',
    limit: 2,
    run: millionLinesWhole,
  },
  {
    name: 'idle-job',
    measured: 'processor time of a job that sleeps',
    against: '0.05 % of a core',
    limit: 1,
    run: idleJob,
  },
  {
    name: 'runtime-start',
    measured: 'start of Python in a job',
    against: 'the bare interpreter + 4 ms',
    limit: 1,
    run: runtimeStart,
  },
  {
    name: 'poll-large-log',
    measured: 'incremental poll on a log of 1 GB',
    against: 'on a log of 1 MB',
    limit: 1.25,
    run: pollLargeLog,
  },
  {
    name: 'packed-read',
    measured: '8 KB anywhere in a packed log of 1 GB',
    against: 'in the plain log',
    limit: 5,
    run: packedRead,
  },
  {
    name: 'packed-size',
    measured: 'packed text log of 100 MB (in MB)',
    against: 'an eighth of the plain one',
    limit: 1,
    run: packedSize,
  },
  {
    name: 'warm-packages',
    measured: 'run with cached packages',
    against: 'the bare interpreter of their environment + the engine',
    limit: 1.25,
    run: warmRun,
  },
  {
    name: 'warm-against-uv',
    measured: 'run with cached packages',
    against: '`uv run --with`, warm',
    limit: 0.5,
    run: warmAgainstUv,
  },
  {
    name: 'list-jobs',
    measured: 'py_list_jobs with 10,000 jobs',
    against: 'with 100 jobs',
    limit: 2,
    run: listJobs,
  },
  {
    name: 'startup',
    measured: 'server start to tools/list',
    against: '`node -e 0`',
    limit: 3,
    run: startup,
  },
  {
    name: 'answer-under-flood',
    measured: 'py_list_jobs while a job prints 50 MB, p95',
    against: 'a budget of 100 ms',
    limit: 1,
    run: answerUnderFlood,
  },
  {
    name: 'print-latency',
    measured: 'unflushed print to a waiting reader',
    against: 'the flush interval',
    limit: 2,
    run: printLatency,
  },
  {
    name: 'event-latency',
    measured: 'write to the client of an event stream',
    against: 'a budget of 5 ms',
    limit: 1,
    run: eventLatency,
  },
  {
    name: 'cancel',
    measured: 'py_cancel_job until all has ended',
    against: 'a budget of 250 ms',
    limit: 1,
    run: cancel,
  },
  {
    name: 'run-history',
    measured: 'CPU of a server for a trivial run, 100,000 jobs in the home',
    against: 'with 100 jobs',
    limit: 1.3,
    run: runHistory,
  },
  {
    name: 'prune-history',
    measured: 'py_prune_jobs that removes nothing, 100,000 jobs in the home',
    against: 'with 100 jobs',
    limit: 1.3,
    run: pruneHistory,
  },
  {
    name: 'idle-history',
    measured: 'CPU of an idle server a minute, 100,000 jobs in the home',
    against: 'with 100 jobs',
    limit: 1.3,
    run: idleHistory,
  },
  {
    name: 'idle-cpu',
    measured: 'the same',
    against: 'a budget of 60 ms',
    limit: 1,
    run: idleCpu,
  },
  {
    name: 'idle-wake-ups',
    measured: 'wake-ups of an idle server a second',
    against: 'a budget of 3',
    limit: 1,
    run: idleWakeUps,
  },
  {
    name: 'serve-history',
    measured: 'CPU of an idle `serve` a minute, 100,000 jobs in the home',
    against: 'with 100 jobs',
    limit: 1.3,
    run: idleServeHistory,
  },
  {
    name: 'serve-cpu',
    measured: 'the same',
    against: 'a budget of 60 ms',
    limit: 1,
    run: idleServeCpu,
  },
  {
    name: 'serve-wake-ups',
    measured: 'wake-ups of an idle `serve` a second',
    against: 'a budget of 3',
    limit: 1,
    run: idleServeWakeUps,
  },
  {
    name: 'tick-queue',
    measured: 'CPU of a tick with 10,000 jobs waiting',
    against: 'a budget of 2 ms',
    limit: 1,
    run: tickQueue,
  },
  {
    name: 'poll-cpu',
    measured: 'CPU of a server for a poll',
    against: 'a budget of 1 ms',
    limit: 1,
    run: pollCpu,
  },
  {
    name: 'dry-run',
    measured: 'py_prune_jobs with dry_run of 10,000 jobs',
    against: 'a budget of 1 s',
    limit: 1,
    run: dryRun,
  },
  ...SESSION_BENCHMARKS,
];

async function main(): Promise<void> {
  const { values: options } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true },
      json: { type: 'string' },
    },
  });
  const chosen = choose(options.only);
  await buildIfNeeded();
  const folder = mkdtempSync(join(tmpdir(), 'python-mcp-bench-'));
  try {
    const run = { quick: options.quick, folder, python: '' };
    run.python = await interpreterOf(run);
    const facts = factsAbout(run.python, run.quick);
    const rows = await measureAll(chosen, run);
    console.log(markdown(rows, facts));
    writeJson(options.json ?? defaultFile(facts.date), rows, facts);
    if (rows.some((row) => !row.within)) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function choose(names: string[] | undefined): readonly Benchmark[] {
  if (!names) return BENCHMARKS;
  const known = BENCHMARKS.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return BENCHMARKS.filter(({ name }) => names.includes(name));
  throw new Error(`--only ${unknown.join(', ')}: the benchmarks are ${known.join(', ')}`);
}

interface Found {
  interpreter: string;
}

/** The server says which interpreter it uses: the baseline must be the same. */
async function interpreterOf(run: Run): Promise<string> {
  const server = await startServer(newHome(run));
  const look = { job_id: await startJob(server, 'nothing.py'), wait_seconds: 30, until: 'exit' };
  const { job } = await server.call<{ job: { result: Found } }>('py_job_status', look);
  await server.stop();
  return job.result.interpreter;
}

async function measureAll(benchmarks: readonly Benchmark[], run: Run): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { name, measured, against, limit, run: measure } of benchmarks) {
    process.stderr.write(`${name} ...\n`);
    const medians = await measure(run);
    if (!medians) continue;
    const { value, baseline } = medians;
    const ratio = value / baseline;
    rows.push({
      name,
      measured,
      against,
      value_ms: value,
      baseline_ms: baseline,
      ratio,
      limit,
      within: ratio <= limit,
    });
  }
  return rows;
}

function defaultFile(date: string): string {
  const name = `${date.slice(0, 19).replaceAll(':', '')}Z.json`;
  return fileURLToPath(new URL(`../bench-results/${name}`, import.meta.url));
}

await main();

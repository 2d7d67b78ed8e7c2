/** `python-mcp bench`: what a script costs, as the kernel counted it over several runs. */
import { resolve } from 'node:path';
import { BenchmarkSchema } from '../../contract/inputs.ts';
import type { EndedJob, Job } from '../../core/job.ts';
import type { Origin } from '../../jobs/accept/accept-run.ts';
import type { Benchmark } from '../../contract/replies/run-result.ts';
import type { JobService } from '../../jobs/job-service.ts';
import { cleanTerminalText } from '../../output/terminal/clean-text.ts';
import { accompany, endedJob, exitCodeFor, type Run, untilEnd } from './stay-with-run.ts';
import { checked } from '../terminal/typed-input.ts';
import { formatBytes, formatPrecisely } from '../terminal/duration.ts';
import { complain } from '../terminal/failure.ts';
import { runInputOf, type RunOptions } from './run-input.ts';
import { outcomeInWords, wordFor } from '../terminal/words.ts';
import { formatTable } from '../terminal/table.ts';
import { printJson, printLine, styled, type Terminal, write } from '../terminal/terminal.ts';

export interface BenchOptions extends RunOptions {
  runs?: number;
  warmup?: number;
  compareWith?: string;
}

type Measured = Benchmark['wall_time_seconds'];

const RUNS = 5;
const MIB = 1024 * 1024;
const CountsSchema = BenchmarkSchema.pick({ runs: true, warmup: true });

/** @returns the exit code for the shell: that of the script, for its first run that fails is the last. */
export async function bench(
  jobs: JobService,
  words: string[],
  options: BenchOptions,
  terminal: Terminal,
): Promise<number> {
  const typed = { runs: options.runs, warmup: options.warmup };
  const { runs = RUNS, warmup = 0 } = await checked(CountsSchema, typed, terminal);
  const { compareWith } = options;
  const second =
    compareWith === undefined ? {} : { compare_with: { script_path: resolve(compareWith) } };
  const benchmark = { runs, warmup, ...second };
  const input = { ...(await runInputOf(jobs, words, options, terminal)), benchmark };
  const start = (origin: Origin): Promise<Job> => jobs.run(input, origin);
  return accompany({ jobs, options, terminal }, start, 'bench', { follow: untilEnd, report });
}

async function report(run: Run): Promise<number> {
  const { jobs, id, options, terminal } = run;
  const job = endedJob(run);
  const result = jobs.result(id);
  if (options.json) {
    await printJson(terminal, result);
    return exitCodeFor(run, job);
  }
  const benchmark = result?.benchmark;
  if (benchmark) await printFigures(benchmark, terminal.stdout);
  const said = benchmark ? benchmark.last_output.stderr : result?.stderr;
  if (job.state.name !== 'completed') await explain(job, said ?? '', terminal);
  return exitCodeFor(run, job);
}

async function printFigures(benchmark: Benchmark, stdout: NodeJS.WriteStream): Promise<void> {
  const { runs, compared } = benchmark;
  const title = `${runs} ${runs === 1 ? 'RUN' : 'RUNS'}`;
  const header = (name: string): string[] =>
    [name, 'MIN', 'MEDIAN', 'MAX', 'SPREAD'].map((word) => styled(stdout, 'bold', word));
  const second = compared ? [header('COMPARED'), ...rowsOf(compared)] : [];
  await printLine(stdout, formatTable([header(title), ...rowsOf(benchmark), ...second]));
  if (!compared) return;
  await printLine(stdout, compared.summary.replace('compare_with', wordFor('compare_with')));
}

type Measures = Pick<Benchmark, 'wall_time_seconds' | 'cpu_time_seconds' | 'peak_rss_mb'>;

function rowsOf(figures: Measures): string[][] {
  const { wall_time_seconds: wall, cpu_time_seconds: cpu, peak_rss_mb: memory } = figures;
  return [
    ['time', ...cellsOf(wall, formatPrecisely)],
    ['cpu', ...cellsOf(cpu, formatPrecisely)],
    ['memory', ...cellsOf(memory, (mebibytes) => formatBytes(Math.round(mebibytes * MIB)))],
  ];
}

/** The spread is what lies between the least and the most, in parts of the median. */
function cellsOf(measured: Measured, format: (value: number) => string): string[] {
  const one = typeof measured === 'number';
  const { min, median, max } = one ? { min: measured, median: measured, max: measured } : measured;
  const spread = median === 0 ? 0 : (100 * (max - min)) / median;
  return [...[min, median, max].map(format), `${spread.toFixed(spread < 10 ? 1 : 0)} %`];
}

/** What the failed run said, and why there are no more of them. */
async function explain({ id, state }: EndedJob, said: string, terminal: Terminal): Promise<void> {
  const { stderr } = terminal;
  if (said !== '') await write(stderr, stderr.isTTY ? cleanTerminalText(said) : said);
  await complain(
    terminal,
    `${outcomeInWords(state.outcome)} The benchmark ended there (job ${id}).`,
  );
}

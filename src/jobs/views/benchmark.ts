/** What a benchmark measured: rows written by runtime/benchmark.py, and their summary. */
import * as z from 'zod';
import type { Progress } from '../../contract/replies/one-job.ts';
import type { Benchmark } from '../../contract/replies/run-result.ts';
import { type BenchmarkRequest, hasEnded, type Job } from '../../core/job.ts';
import type { JobFolder } from '../../output/files/job-folder.ts';
import { present } from '../../output/files/output-window.ts';
import { readPage } from '../../output/files/read-page.ts';
import { progressFrom } from '../../output/progress/record.ts';
import { readControl } from '../context/control-file.ts';

/** The script could write the file too, so its form is checked. */
const RowsSchema = z.array(
  z.object({
    /** 0 or, of the script that it is compared with, 1; absent in benchmarks of earlier versions. */
    script: z.int().default(0),
    warmup: z.boolean(),
    exit_code: z.int(),
    wall_time_seconds: z.number(),
    user_seconds: z.number(),
    system_seconds: z.number(),
    peak_rss_bytes: z.number(),
    stdout_from: z.number(),
    stderr_from: z.number(),
  }),
);

type Row = z.infer<typeof RowsSchema>[number];
type Measures = Benchmark['rows'][number];
type Measured = Benchmark['wall_time_seconds'];
type Compared = NonNullable<Benchmark['compared']>;

/** No ratio is one to nothing. */
const LEAST = 1e-6;
const MIB = 1024 * 1024;
const LAST_OUTPUT_BYTES = 4_096;
const LARGEST_FILE = 4 * MIB;
/** Readers pay for each: the summary is of all of them. */
const MOST_ROWS = 50;

/** Null while no counted run has ended. */
export function benchmarkResult(job: Job, folder: JobFolder): Benchmark | null {
  const all = readRows(folder);
  const first = all.filter(({ script }) => script === 0);
  const measures = measuresOf(first);
  if (measures.length === 0) return null;
  const warmup = first.filter((row) => row.warmup).length;
  const second = all.filter(({ script }) => script === 1);
  const compared = measuresOf(second);
  return {
    job_id: job.id,
    runs: measures.length,
    warmup,
    ...summaryOf(measures),
    last_output: outputOf(first, all, job, folder),
    ...(compared.length > 0
      ? {
          compared: {
            ...summaryOf(compared),
            last_output: outputOf(second, all, job, folder),
            ...comparisonOf(measures, compared),
          },
        }
      : {}),
  };
}

/** "run 3 of 5", with the time that the rest may take. Each of a pair is a run. */
export function benchmarkProgress(asked: BenchmarkRequest, folder: JobFolder): Progress | null {
  const rows = readRows(folder);
  const each = asked.compareWith ? 2 : 1;
  const [warmup, runs] = [asked.warmup * each, asked.runs * each];
  const total = warmup + runs;
  if (rows.length >= total) return null;
  const took = rows.reduce((sum, row) => sum + row.wall_time_seconds, 0);
  const isWarmup = rows.length < warmup;
  const [number, of] = isWarmup ? [rows.length, warmup] : [rows.length - warmup, runs];
  return progressFrom('benchmark', {
    current: rows.length,
    total,
    message: `${isWarmup ? 'warm-up' : 'run'} ${number + 1} of ${of}`,
    eta_seconds: rows.length === 0 ? null : round((took / rows.length) * (total - rows.length)),
  });
}

function readRows(folder: JobFolder): Row[] {
  return readControl(folder, folder.benchmark, RowsSchema, LARGEST_FILE) ?? [];
}

/** Of the runs that count. */
function measuresOf(rows: Row[]): Measures[] {
  return rows
    .filter((row) => !row.warmup && row.exit_code === 0)
    .map((row) => ({
      wall_time_seconds: row.wall_time_seconds,
      cpu_time_seconds: round(row.user_seconds + row.system_seconds),
      peak_rss_mb: round(row.peak_rss_bytes / MIB),
    }));
}

function summaryOf(
  rows: Measures[],
): Omit<Benchmark, 'job_id' | 'runs' | 'warmup' | 'last_output'> {
  return {
    wall_time_seconds: spreadOf(rows.map((row) => row.wall_time_seconds)),
    cpu_time_seconds: spreadOf(rows.map((row) => row.cpu_time_seconds)),
    peak_rss_mb: spreadOf(rows.map((row) => row.peak_rss_mb)),
    rows: rows.slice(-MOST_ROWS),
  };
}

/** Pair by pair: what slowed the machine for a while slowed both of a pair. */
function comparisonOf(
  first: Measures[],
  second: Measures[],
): Pick<Compared, 'wall_time_ratio' | 'cpu_time_ratio' | 'summary'> {
  const pairs = Math.min(first.length, second.length);
  const ratiosOf = (name: keyof Measures): number[] =>
    second
      .slice(0, pairs)
      .map((row, at) => round(row[name] / Math.max(first[at]?.[name] ?? 0, LEAST)));
  const wall = ratiosOf('wall_time_seconds');
  return {
    wall_time_ratio: spreadOf(wall),
    cpu_time_ratio: spreadOf(ratiosOf('cpu_time_seconds')),
    summary: inWords(spreadOf(wall), pairs),
  };
}

function inWords(ratio: Measured, pairs: number): string {
  const { min, median, max } = spread(ratio);
  const time = `compare_with takes ${shown(median)} × the time of the script`;
  if (pairs === 1) return `${time}, in one pair: too few to tell.`;
  const spreads = `(${shown(min)} to ${shown(max)} in ${pairs} pairs)`;
  if (min <= 1 && max >= 1) return `No clear difference: ${time} ${spreads}.`;
  return `${time} ${spreads}: it is ${max < 1 ? 'faster' : 'slower'}.`;
}

function shown(ratio: number): string {
  return Number(ratio.toPrecision(3)).toString();
}

function spread(measured: Measured): { min: number; median: number; max: number } {
  if (typeof measured !== 'number') return measured;
  return { min: measured, median: measured, max: measured };
}

function spreadOf(values: number[]): Measured {
  const sorted = values.toSorted((a, b) => a - b);
  const [min = 0] = sorted;
  if (sorted.length === 1) return min;
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? 0;
  const lower = sorted[Math.ceil(middle) - 1] ?? 0;
  return { min, median: round((lower + upper) / 2), max: sorted.at(-1) ?? 0 };
}

/** Of the last run of one script: it ends where the next run of either began. */
function outputOf(
  own: Row[],
  all: Row[],
  job: Job,
  { stdout, stderr }: JobFolder,
): Benchmark['last_output'] {
  const last = own.at(-1);
  if (!last) return { stdout: '', stderr: '' };
  const next = all[all.indexOf(last) + 1];
  const read = (path: string, from: number, to: number = Infinity): string => {
    const { bytes } = readPage(path, from, LAST_OUTPUT_BYTES, hasEnded(job));
    return present(bytes.subarray(0, Math.max(0, to - from)));
  };
  return {
    stdout: read(stdout, last.stdout_from, next?.stdout_from),
    stderr: read(stderr, last.stderr_from, next?.stderr_from),
  };
}

function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

/** What a benchmark measured: rows written by runtime/benchmark.py, and their summary. */
import * as z from 'zod';
import type { Benchmark } from '../../contract/replies/run-result.ts';
import { hasEnded, type Job } from '../../core/job.ts';
import type { JobFolder } from '../../output/files/job-folder.ts';
import { present } from '../../output/files/output-window.ts';
import { readPage } from '../../output/files/read-page.ts';
import { readControl } from '../context/control-file.ts';

/** The script could write the file too, so its form is checked. */
const RowsSchema = z.array(
  z.object({
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

type Measured = Benchmark['wall_time_seconds'];

const MIB = 1024 * 1024;
const LAST_OUTPUT_BYTES = 4_096;
const LARGEST_FILE = 4 * MIB;

/** Null while no counted run has ended. */
export function benchmarkResult(job: Job, folder: JobFolder): Benchmark | null {
  const all = readRows(folder);
  const last = all.at(-1);
  const rows = all.filter((row) => !row.warmup && row.exit_code === 0).map(measuresOf);
  if (!last || rows.length === 0) return null;
  return {
    job_id: job.id,
    runs: rows.length,
    warmup: all.length - rows.length,
    wall_time_seconds: summaryOf(rows.map((row) => row.wall_time_seconds)),
    cpu_time_seconds: summaryOf(rows.map((row) => row.cpu_time_seconds)),
    peak_rss_mb: summaryOf(rows.map((row) => row.peak_rss_mb)),
    rows,
    last_output: {
      stdout: outputFrom(folder.stdout, last.stdout_from, hasEnded(job)),
      stderr: outputFrom(folder.stderr, last.stderr_from, hasEnded(job)),
    },
  };
}

function readRows(folder: JobFolder): Row[] {
  return readControl(folder, folder.benchmark, RowsSchema, LARGEST_FILE) ?? [];
}

function measuresOf(row: Row): Benchmark['rows'][number] {
  return {
    wall_time_seconds: row.wall_time_seconds,
    cpu_time_seconds: round(row.user_seconds + row.system_seconds),
    peak_rss_mb: round(row.peak_rss_bytes / MIB),
  };
}

function summaryOf(values: number[]): Measured {
  const sorted = values.toSorted((a, b) => a - b);
  const [min = 0] = sorted;
  if (sorted.length === 1) return min;
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? 0;
  const lower = sorted[Math.ceil(middle) - 1] ?? 0;
  return { min, median: round((lower + upper) / 2), max: sorted.at(-1) ?? 0 };
}

function outputFrom(path: string, from: number, ended: boolean): string {
  return present(readPage(path, from, LAST_OUTPUT_BYTES, ended).bytes);
}

function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

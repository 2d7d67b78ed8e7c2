/** What a run came to, and what the run tools reply before that is known. */
import * as z from 'zod';
import {
  bytes,
  exitCode,
  jobId,
  named,
  names,
  remarks,
  resultValue,
  seconds,
  text,
  waitingForInput,
} from './fields.ts';

export const Status = z
  .enum(['pending', 'running', 'completed', 'failed', 'cancelled'])
  .describe('completed, failed and cancelled are final.');

export const ArtifactEntry = named('ArtifactEntry', 'A file that a job left for its readers.', {
  name: text.describe('To be read: without what hides or reorders letters.'),
  type: text.describe('Media type: of pictures by their content, of the rest by their names.'),
  bytes: bytes.describe('Its size.'),
  uri: text.describe('Of the MCP resource that holds it.'),
  note: text.optional().describe('Which picture of the reply it is, or why it is none.'),
});

const Usage = named('Usage', 'What the kernel counted for the script and its children.', {
  cpu_seconds: seconds.describe('Processor time, user and system, seconds.'),
  peak_rss_bytes: bytes.describe('Most memory at once.'),
});

const spread = z.strictObject({
  min: z.number().describe('Least.'),
  median: z.number().describe('Median.'),
  max: z.number().describe('Most.'),
});
/** One number for a single run, else the three that matter. */
const measured = z.union([z.number(), spread]);

const measures = {
  wall_time_seconds: measured.describe('Seconds by the clock.'),
  cpu_time_seconds: measured.describe('Processor time, seconds.'),
  peak_rss_mb: measured.describe('Most memory at once, MiB.'),
  rows: z
    .array(
      z.strictObject({
        wall_time_seconds: seconds.describe('Seconds by the clock.'),
        cpu_time_seconds: seconds.describe('Processor time, seconds.'),
        peak_rss_mb: z.number().describe('Most memory at once, MiB.'),
      }),
    )
    .describe('One for each run that was measured, at most the last 50.'),
  last_output: z
    .strictObject({
      stdout: text.describe('Beginning of its standard output.'),
      stderr: text.describe('Beginning of its standard error.'),
    })
    .describe('Of the last run.'),
};

const benchmark = {
  job_id: jobId,
  runs: z.int().describe('Runs that were measured.'),
  warmup: z.int().describe('Runs that were not counted.'),
  ...measures,
  compared: named('ComparedScript', 'The script of compare_with.', {
    ...measures,
    wall_time_ratio: measured.describe('Its time by the clock to that of the first, in pairs.'),
    cpu_time_ratio: measured.describe('Likewise, processor time.'),
    summary: text.describe('Which is faster, in a sentence.'),
  })
    .optional()
    .describe('With compare_with.'),
};

export const Benchmark = named('Benchmark', 'What a benchmark measured.', benchmark);

const result = {
  job_id: jobId,
  status: Status,
  stdout: text.describe('Standard output; of a long one the beginning and the end.'),
  stderr: text.describe('Standard error, likewise.'),
  exit_code: exitCode,
  execution_strategy: text.nullable().describe('uv-run or system-python.'),
  environment_source: text.nullable().describe('What decided which environment it ran in.'),
  interpreter: text.nullable().describe('Path of the interpreter.'),
  python_version: text.nullable().describe('Its version.'),
  elapsed_seconds: seconds.describe('Seconds the script ran.'),
  stdout_bytes: bytes.describe('Bytes it printed.'),
  stderr_bytes: bytes.describe('Bytes it printed.'),
  usage: Usage.nullable().describe('Null when nothing was counted.'),
  truncated: text
    .optional()
    .describe('Output was too long to be shown whole: how to get the rest.'),
  resolved_dependencies: names
    .optional()
    .describe('Pinned packages, when we built its environment.'),
  python_version_used: text.optional().describe('As python_version.'),
  notes: names.optional().describe('What there is to say about the run, in sentences.'),
  artifacts: z.array(ArtifactEntry).optional().describe('Files it left for its readers.'),
  artifacts_total: z.int().optional().describe('How many they are, when not all are listed.'),
  error: text.optional().describe('Why it did not complete, in a sentence.'),
  result_value: resultValue.optional(),
};

export const RunResult = named('RunResult', 'What a run came to.', {
  ...result,
  benchmark: Benchmark.optional().describe('Of a benchmark.'),
});

const reply = {
  job_id: jobId,
  status: Status,
  exit_code: result.exit_code,
  stdout: result.stdout,
  stderr: result.stderr,
  elapsed_seconds: result.elapsed_seconds,
  error: result.error,
  result_value: result.result_value,
  truncated: result.truncated,
  directory: text.optional().describe('Its folder, where the caller named none.'),
  files: names.optional().describe('What that folder holds now, at most 20.'),
  resolved_dependencies: names.optional().describe('Pinned packages of what was built for it.'),
  notes: result.notes,
  artifacts: result.artifacts,
  artifacts_total: result.artifacts_total,
};

/** What the run tools reply: what is not here is in the status of the job. */
export const RunReply = named('RunReply', 'What a run came to, in few words.', reply);

const { stdout: _out, stderr: _err, truncated: _cut, ...ofRun } = reply;

/** What `py_benchmark_script` replies; without a run that could be measured, the result of its job. */
export const BenchmarkResult = named('BenchmarkResult', 'Figures of a benchmark and of its job.', {
  ...ofRun,
  ...benchmark,
});

export const partialOutput = {
  partial_stdout: text.describe('Beginning and end of what was printed so far.'),
  partial_stderr: text.describe('Likewise.'),
  cursor: text.describe('End of the output as of this reply: py_job_output reads on from it.'),
};

export const StartedRun = named('StartedRun', 'A run in the background.', {
  job_id: jobId,
  status: Status,
  message: text.describe('How to go on.'),
  ...remarks,
});

export const MovedRun = named('MovedRun', 'A run that took longer than the call could wait.', {
  job_id: jobId,
  status: Status,
  message: text.describe('What it is doing, and how to go on.'),
  waiting_for_input: waitingForInput.optional(),
  ...partialOutput,
  ...remarks,
});

export type ArtifactEntry = z.infer<typeof ArtifactEntry>;
export type RunResult = z.infer<typeof RunResult>;
export type Benchmark = z.infer<typeof Benchmark>;
export type PartialOutput = z.infer<z.ZodObject<typeof partialOutput>>;
export type RunReply = z.infer<typeof RunReply>;

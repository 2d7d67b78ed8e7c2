/**
 * Everything that crosses a wire, as zod schemas: the one description of inputs that MCP tools,
 * HTTP routes and CLI commands share. Names are the contract's, snake_case.
 */
import * as z from 'zod';
import { shown } from '../core/job-error.ts';
import { called } from '../core/wording.ts';
import { queueShape } from './queue-shape.ts';
import { sandboxShape } from './sandbox-shape.ts';

const SECONDS_PER_YEAR = 31_536_000;
const text = z.string();
const flag = z.boolean();
const noNul = z.string().refine((value) => !value.includes('\0'), {
  error: says('contains a NUL character. Remove it.'),
});

export const JobIdSchema = text.describe('Job id as returned by a run tool.');

/** Parameters shared by all tools that run a script. */
export const sharedRunShape = {
  args: z.array(noNul).optional().describe('sys.argv[1:]'),
  env_vars: z.record(z.string(), noNul).optional().describe('Never stored.'),
  env_file: text.optional().describe('.env file; env_vars win over it.'),
  python_version: z
    .string()
    .regex(/^3\.\d{1,2}$/, {
      error: says('is not a minor version of Python 3. Pass one such as "3.12".'),
    })
    .optional()
    .describe('e.g. "3.12"'),
  timeout_seconds: z
    .int()
    .min(0)
    .max(SECONDS_PER_YEAR)
    .optional()
    .describe('Limit on the run; 0 = none.'),
  async_mode: flag.optional().describe('true: run in the background, return a job_id at once.'),
  enable_streaming: flag.optional().describe('true: py_job_status shows output while it runs.'),
  job_label: z.string().max(200).optional().describe('Name shown in lists.'),
  stdin: text.optional().describe('Standard input. Default: empty.'),
  interactive: flag.optional().describe('true: input stays open for py_send_input.'),
  request_key: z.string().max(200).optional().describe('Same key again: same job, no second run.'),
  max_output_bytes: z.int().min(4096).optional().describe('Per output stream.'),
  memory_limit_mb: z.int().min(16).max(16_777_216).optional().describe('Address space, MiB.'),
  ...queueShape,
};

/** What is run, where, and with which packages. */
const whereShape = {
  directory: text.optional().describe('Working directory. Default: a folder of its own.'),
  dependencies: z
    .array(text)
    .max(500)
    .optional()
    .describe('pip packages, e.g. ["numpy>=2", "requests"].'),
};
const programShape = {
  script_content: text.optional().describe('Python code.'),
  script_path: text.optional().describe('Or a file, absolute or relative to directory.'),
  module: text.optional().describe('Or a module as for python -m.'),
  command: z.array(noNul).optional().describe('Or a program, e.g. ["pytest", "-q"].'),
};

export const RunInDirSchema = z.strictObject({
  ...whereShape,
  directory: text.describe('Existing folder: working directory and import path.'),
  ...programShape,
  use_uv: flag.optional().describe('false: system interpreter only. Default true.'),
  auto_install_deps: flag.optional().describe('Of well-known imports. Default true.'),
  ...sharedRunShape,
  ...sandboxShape,
});

export const RunWithDependenciesSchema = z.strictObject({
  ...whereShape,
  ...programShape,
  auto_parse_imports: flag
    .optional()
    .describe('Also install missing well-known imports. Default true.'),
  ignore_project_requirements: flag
    .optional()
    .describe('false: use a pyproject.toml beside the script. Default true.'),
  ...sharedRunShape,
  ...sandboxShape,
});

export const BenchmarkSchema = RunWithDependenciesSchema.extend({
  script_name: text.optional().describe('Or a saved script.'),
  runs: z.int().min(1).max(1000).optional().describe('Measured runs, default 1.'),
  warmup: z.int().min(0).max(100).optional().describe('Runs before them, not counted.'),
  compare_with: text
    .optional()
    .describe('Second script to take turns with: code, a .py file or a saved name.'),
});

export const RunSavedSchema = z.strictObject({
  script_name: text.describe('Name of a saved script.'),
  ...whereShape,
  ...sharedRunShape,
  ...sandboxShape,
});

export const SaveScriptSchema = z.strictObject({
  script_name: text.describe('a-z, 0-9, _ and -.'),
  source: text.describe('Python code.'),
  dependencies: z.array(text).max(500).optional().describe('Written into its inline metadata.'),
  requires_python: text.optional().describe('e.g. ">=3.10".'),
  overwrite: flag.optional().describe('true: replace an existing script.'),
});

export const ListScriptsSchema = z.strictObject({});

/** Every wait ends for the end, for a script that waits for input, and for the time. */
const UNTIL =
  'What ends the wait beside the end and a question for input: "exit" (default) nothing, "output" a new line, else a pattern (RE2) in new output.';
const waitSeconds = z.number().min(0).max(45).optional();

export const JobStatusSchema = z.strictObject({
  job_id: JobIdSchema.optional(),
  job_ids: z
    .array(text)
    .min(1)
    .max(100)
    .optional()
    .describe('Several jobs: a short row each. until: "all" (default) or "any" has ended.'),
  incremental: flag.optional().describe('true: new_stdout/new_stderr = only what is new to you.'),
  reader: text.max(100).optional().describe('Your name, if several clients read one job.'),
  wait_seconds: waitSeconds.describe('Wait up to this long instead of polling.'),
  until: text.optional().describe(UNTIL),
  max_bytes: z.int().min(200).max(1_000_000).optional().describe('Of output, default 16000.'),
  stack: flag.optional().describe('true: where a running script is (Python stack).'),
});

export const JobOutputSchema = z.strictObject({
  job_id: JobIdSchema,
  cursor: text.optional().describe('Where to go on, from an earlier reply. Default: the start.'),
  stream: z
    .enum(['stdout', 'stderr', 'both', 'environment'])
    .optional()
    .describe('Default both. environment: what its installer said.'),
  max_bytes: z.int().min(200).max(40_000).optional().describe('Default 8192.'),
  tail: flag.optional().describe('true: the end instead of the start.'),
  wait_seconds: waitSeconds.describe('Wait up to this long.'),
  until: text.optional().describe('As in py_job_status.'),
  search: text
    .optional()
    .describe('Only lines that match (RE2); "traceback": the last Python traceback.'),
  context_lines: z.int().min(0).max(50).optional().describe('Around a match, default 2.'),
  raw: flag.optional().describe('true: keep terminal control characters.'),
  artifact: text.optional().describe('Show this file or picture of the job.'),
  cell: z.int().min(1).optional().describe('Of a session: this cell alone.'),
});

export const ListJobsSchema = z.strictObject({
  status_filter: z
    .enum(['pending', 'running', 'completed', 'failed', 'cancelled'])
    .optional()
    .describe('Only jobs in this state.'),
  search: z.string().max(200).optional().describe('Text in id, label, script, error or client.'),
  client: z.string().max(200).optional().describe('Name of a client, without its version.'),
  from: text.optional().describe('next_from of another reply.'),
  limit: z.int().min(1).max(500).optional().describe('Default 50.'),
  page: z.int().min(1).max(1_000_000).optional().describe('Default 1.'),
});

/** What only people need: every byte of a tool's input is paid for by models. */
export const ListForPeopleSchema = ListJobsSchema.extend({
  label: z.string().max(200).optional().describe('How the label begins.'),
  since: z.iso
    .datetime({ offset: true })
    .optional()
    .describe('Only jobs accepted then or later, such as 2026-01-31T12:00:00Z.'),
  sort: z
    .enum(['newest', 'oldest', 'active', 'longest', 'shortest', 'label'])
    .optional()
    .describe('Default newest. active: what runs, what waits, then the rest.'),
});

export const CancelJobSchema = z.strictObject({
  job_id: JobIdSchema,
  grace_seconds: z
    .number()
    .min(0)
    .max(60)
    .optional()
    .describe('Time between TERM and KILL, default 5.'),
  cell: z.int().min(1).optional().describe('Of a session: this cell alone.'),
});

export const PruneJobsSchema = z.strictObject({
  keep_completed: flag.optional().describe('Default true.'),
  keep_failed: flag.optional().describe('Default true.'),
  keep_cancelled: flag.optional().describe('Default true.'),
  max_age_hours: z.number().min(0).optional().describe('Only jobs that ended earlier; default 24.'),
  dry_run: flag.optional().describe('true: only count.'),
});

export const SendInputSchema = z.strictObject({
  job_id: JobIdSchema,
  text: text.describe('Written as is; end a line with \\n.'),
  close: flag.optional().describe('true: end of input after this text.'),
  wait_seconds: waitSeconds.describe('For its answer, until it waits for input again; default 5.'),
  until: text.optional().describe('As in py_job_status.'),
});

export const SessionRunSchema = z.strictObject({
  session: z
    .string()
    .regex(/^[a-z0-9_-]{1,64}$/, {
      error: says('is no name of a session. Use a-z, 0-9, _ and -.'),
    })
    .describe('Its name: a-z, 0-9, _ and -.'),
  code: z
    .string()
    .max(4_000_000)
    .optional()
    .describe('One cell. Left out: wait for `cell` and return it.'),
  cell: z.int().min(1).optional().describe('An earlier cell; default the newest.'),
  wait_seconds: z.number().min(0).max(45).optional().describe('Default 20; the cell goes on.'),
  timeout_seconds: z
    .number()
    .min(0)
    .max(SECONDS_PER_YEAR)
    .optional()
    .describe('Stop this cell after; 0 = never (default).'),
  restart: flag.optional().describe('true: end it and begin anew, without its variables.'),
  directory: text.optional().describe('This and what follows: for a new session.'),
  dependencies: whereShape.dependencies,
  python_version: sharedRunShape.python_version,
  env_vars: sharedRunShape.env_vars,
  memory_limit_mb: sharedRunShape.memory_limit_mb,
});

type Loose<T> = { [K in keyof T]: T[K] };
export type SharedRunInput = Loose<
  z.infer<z.ZodObject<typeof sharedRunShape & typeof sandboxShape>>
>;
export type RunWithDependenciesInput = Loose<z.infer<typeof RunWithDependenciesSchema>>;
export type BenchmarkInput = Loose<z.infer<typeof BenchmarkSchema>>;
export type SaveScriptInput = Loose<z.infer<typeof SaveScriptSchema>>;
export type JobStatusInput = Loose<z.infer<typeof JobStatusSchema>>;
/** Of one job. */
export type StatusInput = Omit<JobStatusInput, 'job_id' | 'job_ids'> & { job_id: string };
export type SendInputInput = Loose<z.infer<typeof SendInputSchema>>;
export type JobOutputInput = Loose<z.infer<typeof JobOutputSchema>>;
export type SessionRunInput = Loose<z.infer<typeof SessionRunSchema>>;
export type ListJobsInput = Loose<z.infer<typeof ListJobsSchema>>;
export type ListForPeopleInput = Loose<z.infer<typeof ListForPeopleSchema>>;
export type PruneJobsInput = Loose<z.infer<typeof PruneJobsSchema>>;

/**
 * The sentence for one thing wrong with an input: the parameter, the value, the remedy. Installed
 * as zod's error map by the adapters that validate with these schemas.
 */
export function describeInputIssue(issue: z.core.$ZodRawIssue): string | undefined {
  const name = called(issue.path?.join('.') || 'arguments');
  const value = `${name}: ${shown(issue.input)}`;
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- the rest has messages of its own
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? `${name} is missing. Pass ${named(issue.expected)}.`
        : `${value} is not valid. Pass ${named(issue.expected)}.`;
    case 'too_small':
      return `${value} is too small. The least is ${issue.minimum}.`;
    case 'too_big':
      return issue.origin === 'string'
        ? `${value} is too long. The most is ${issue.maximum} characters.`
        : `${value} is too large. The most is ${issue.maximum}.`;
    case 'invalid_value':
      return `${value} is not one of ${issue.values.map(String).join(', ')}.`;
    default:
      return issue.message === undefined ? undefined : `${value}: ${issue.message}.`;
  }
}

/** A sentence of a schema's own about one wrong value. */
function says(problem: string): (issue: z.core.$ZodRawIssue) => string {
  return (issue) => `${called(issue.path?.join('.') ?? '')}: ${shown(issue.input)} ${problem}`;
}

const KINDS: Record<string, string> = {
  int: 'a whole number',
  array: 'a list',
  record: 'an object',
};

function named(kind: string): string {
  return KINDS[kind] ?? `a ${kind}`;
}

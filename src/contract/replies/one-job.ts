/** A job as replies show it: in a list, by itself, and with everything there is to know about it. */
import * as z from 'zod';
import {
  bytes,
  flag,
  jobId,
  named,
  names,
  processId,
  remarks,
  seconds,
  shortResultValue,
  text,
  time,
  waitingForInput,
  waitsFor,
} from './fields.ts';
import { RunResult, Status } from './run-result.ts';
import { SessionView } from './session.ts';

export const Progress = named('Progress', 'How far a running job says it is.', {
  current: z.number().nullable().describe('Units done.'),
  total: z.number().nullable().describe('Units in all.'),
  percent: z.number().nullable().describe('0 to 100, one decimal.'),
  rate: z.number().nullable().describe('Units per second.'),
  eta_seconds: seconds.nullable().describe('Seconds until it is done.'),
  message: text.nullable().describe('What the bar is called, or what the script said.'),
  source: z
    .enum([
      'script',
      'benchmark',
      'tqdm',
      'rich',
      'pip',
      'keras',
      'epoch',
      'bar',
      'count',
      'percent',
    ])
    .describe('What it was read from.'),
  level: z.int().min(0).describe('0 for the outermost bar, 1 and more for bars below it.'),
});

const kind = <Kind extends string>(name: Kind) =>
  z.literal(name).describe('How it ended; the other fields depend on it.');

export const Outcome = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: kind('exited'), code: z.int().describe('Exit code.') }),
    z.strictObject({ kind: kind('signalled'), signal: z.int().describe('Number of the signal.') }),
    z.strictObject({
      kind: kind('timed_out'),
      limit_seconds: seconds.describe('Its time limit, seconds.'),
    }),
    z.strictObject({ kind: kind('cancelled') }),
    z.strictObject({
      kind: kind('output_limit'),
      limit_bytes: bytes.describe('Its limit, bytes.'),
    }),
    z.strictObject({ kind: kind('disk_full') }),
    z.strictObject({ kind: kind('never_started'), reason: text.describe('Why, in a sentence.') }),
    z.strictObject({ kind: kind('lost'), reason: text.describe('Why its end is not known.') }),
  ])
  .meta({ id: 'Outcome', description: 'How the run ended.' });

const summary = {
  id: jobId,
  label: text.describe('Name shown in lists.'),
  tool: text.describe('What it was started by: an MCP tool, a command, "http".'),
  client: text.nullable().describe('Who asked for it, with its version. Null for very old jobs.'),
  status: Status,
  phase: z
    .enum(['queued', 'preparing', 'running', 'ended'])
    .describe('preparing: its environment is being made.'),
  created_at: time.describe('When it was accepted.'),
  started_at: time.nullable().describe('When the script started.'),
  completed_at: time.nullable().describe('When it ended.'),
  elapsed_seconds: seconds.describe('Seconds the script has run, as of this reply.'),
  error: text.nullable().describe('Why it did not complete, in a sentence.'),
  outcome: Outcome.nullable().describe('How it ended; null until then.'),
  waiting_for_input: waitingForInput.optional(),
};

export const JobSummary = named('JobSummary', 'A job in the list of a tool.', {
  ...summary,
  waits_for: waitsFor,
  result_value: shortResultValue,
});

const item = {
  ...summary,
  waits_for: waitsFor,
  progress: Progress.nullable().describe('Null when it says nothing of the kind.'),
  stdout_bytes: bytes.describe('Bytes printed so far.'),
  stderr_bytes: bytes.describe('Bytes printed so far.'),
};

export const JobItem = named('JobItem', 'A job in a list: what it is and how far it is.', {
  ...item,
  result_value: shortResultValue,
});

export const job = {
  ...item,
  cursor: text.describe('End of the output as of this reply.'),
  result: RunResult.nullable().describe('Null until it has ended.'),
};

export const Sandbox = named('Sandbox', 'What a script in a sandbox may do.', {
  network: flag.describe('Use the network.'),
  write: z.enum(['none', 'work', 'directory']).describe('Change files: where.'),
  gpu: flag.describe('Use the GPUs.'),
});

export const JobRequest = named('JobRequest', 'What was asked for.', {
  directory: text.describe('Working directory.'),
  script_path: text.nullable().describe('Null when the code was given inline.'),
  module: text.nullable().describe('Run instead of a script.'),
  command: names.nullable().describe('Run instead of a script.'),
  args: names.describe('sys.argv[1:]'),
  env_names: names.describe('Names of its own environment variables; values are never stored.'),
  env_file: text.nullable().describe('.env file.'),
  python_version: text.nullable().describe('Version asked for; null for the default one.'),
  dependencies: names.describe('Packages asked for.'),
  use_uv: flag.describe('false: installed interpreters only.'),
  auto_install_deps: flag.describe('Missing well-known imports are installed.'),
  timeout_seconds: seconds.describe('Time limit, seconds; 0 = none.'),
  interactive: flag.describe('Its standard input stays open.'),
  has_stdin: flag.describe('It was given text for standard input, which is never stored.'),
  max_output_bytes: bytes.describe('Limit of each stream, bytes.'),
  memory_limit_mb: z.int().nullable().describe('Memory limit, MiB; null = none.'),
  locks: names.describe('Locks that it holds while it runs.'),
  after: names.describe('Jobs that had to complete first.'),
  gpus: z.int().min(0).describe('GPUs of its own.'),
  sandbox: Sandbox.nullable().describe('Null: with the rights of the user.'),
});

export const JobEnvironment = named('JobEnvironment', 'What the script runs in.', {
  interpreter: text.describe('Path of the interpreter.'),
  python_version: text.describe('Its version.'),
  strategy: text.describe('uv-run: made or managed with uv. system-python: as it was found.'),
  source: text.describe('What decided, such as inline-metadata or project-venv.'),
  resolved_dependencies: names.nullable().describe('Pinned packages, when we built it.'),
  notes: names.describe('What there is to say about it, in sentences.'),
});

const moment = z.strictObject({
  event: z.enum(['created', 'started', 'ended']).describe('What happened.'),
  at: time.describe('When.'),
});

export const Job = named('Job', 'Everything about a job.', {
  ...job,
  request: JobRequest.describe('What was asked for.'),
  environment: JobEnvironment.nullable().describe('Null until the script starts.'),
  session: SessionView.optional().describe('Of a session.'),
  submitted_by: processId.describe('Id of the process that accepted it.'),
  timeline: z.array(moment).describe('What happened so far, in order.'),
});

export const JobReply = named('JobReply', 'Everything about one job.', {
  job: Job.describe('As it is now.'),
  until: text.optional().describe('What a pattern of `until` came to.'),
  ...remarks,
});

export type Progress = z.infer<typeof Progress>;
export type JobSummary = z.infer<typeof JobSummary>;
export type JobItem = z.infer<typeof JobItem>;
export type JobView = z.infer<z.ZodObject<typeof job>>;
export type JobDetails = z.infer<typeof Job>;

/** What replies hold, for the OpenAPI document; the tests check real replies against it. */
import * as z from 'zod';

const bytes = z.int().min(0);
const time = z.iso.datetime();
const maybe = <Schema extends z.ZodType>(schema: Schema) => schema.nullable();

const Status = z.enum(['pending', 'running', 'completed', 'failed', 'cancelled']);

const Progress = z.strictObject({
  current: maybe(z.number()),
  total: maybe(z.number()),
  percent: maybe(z.number()),
  message: maybe(z.string()),
  eta_seconds: maybe(z.number()),
});

const Outcome = z
  .looseObject({
    kind: z.enum([
      'exited',
      'signalled',
      'timed_out',
      'cancelled',
      'output_limit',
      'disk_full',
      'never_started',
      'lost',
    ]),
  })
  .describe('How the run ended; what else is in it depends on kind.');

const jobItem = {
  id: z.string(),
  label: z.string(),
  tool: z.string(),
  client: maybe(z.string()).describe('Who asked for it, with its version.'),
  status: Status,
  phase: z.enum(['queued', 'preparing', 'running', 'ended']),
  created_at: time,
  started_at: maybe(time),
  completed_at: maybe(time),
  elapsed_seconds: z.number(),
  error: maybe(z.string()),
  outcome: maybe(Outcome),
  progress: maybe(Progress),
  stdout_bytes: bytes,
  stderr_bytes: bytes,
};

const RunResult = z
  .looseObject({
    job_id: z.string(),
    status: Status,
    stdout: z.string(),
    stderr: z.string(),
    exit_code: maybe(z.int()),
    elapsed_seconds: z.number(),
    stdout_bytes: bytes,
    stderr_bytes: bytes,
  })
  .describe('What the run came to, as the tools return it.');

const job = { ...jobItem, cursor: z.string(), result: maybe(RunResult) };

const Counts = z.strictObject({
  pending: z.int(),
  running: z.int(),
  completed: z.int(),
  failed: z.int(),
  cancelled: z.int(),
});

export const JobReply = z.strictObject({ job: z.looseObject(job) });

export const JobDetailsReply = z.strictObject({
  job: z.looseObject({
    ...job,
    request: z.strictObject({
      directory: z.string(),
      script_path: maybe(z.string()),
      args: z.array(z.string()),
      env_names: z.array(z.string()),
      env_file: maybe(z.string()),
      python_version: maybe(z.string()),
      dependencies: z.array(z.string()),
      use_uv: z.boolean(),
      auto_install_deps: z.boolean(),
      timeout_seconds: z.number(),
      interactive: z.boolean(),
      has_stdin: z.boolean(),
      max_output_bytes: bytes,
      memory_limit_mb: maybe(z.int()),
    }),
    environment: maybe(
      z.strictObject({
        interpreter: z.string(),
        python_version: z.string(),
        strategy: z.string(),
        source: z.string(),
        resolved_dependencies: maybe(z.array(z.string())),
        notes: z.array(z.string()),
      }),
    ),
    submitted_by: z.int(),
    timeline: z.array(z.strictObject({ event: z.enum(['created', 'started', 'ended']), at: time })),
  }),
});

export const JobListReply = z.strictObject({
  jobs: z.array(z.looseObject(jobItem)),
  total: z.int(),
  next_page: maybe(z.int()),
  next_from: maybe(z.string()).describe('With it as from, older jobs are looked at.'),
  counts: Counts,
  clients: z.array(z.string()).describe('Names to filter by.'),
});

const content = {
  text: z.string().optional().describe('The bytes, when they are UTF-8.'),
  base64: z.string().optional().describe('The bytes, when they are not.'),
  skipped: z
    .strictObject({ from: bytes, to: bytes })
    .optional()
    .describe('What lay directly before these bytes and is gone: the output passed its limit.'),
};
const cursor = z.string().regex(/^c\d+-\d+$/);

export const StreamPageReply = z.strictObject({
  stream: z.enum(['stdout', 'stderr', 'environment']),
  from: bytes,
  next: bytes,
  size: bytes,
  ended: z.boolean(),
  ...content,
});

export const OrderedPageReply = z.strictObject({
  stream: z.literal('both'),
  from: cursor,
  next: cursor,
  size: cursor,
  ended: z.boolean(),
  segments: z.array(
    z.strictObject({ stream: z.enum(['stdout', 'stderr']), from: bytes, next: bytes, ...content }),
  ),
});

export const OutputReply = z.union([StreamPageReply, OrderedPageReply]);

export const SearchReply = z.strictObject({
  matches: z.array(
    z.strictObject({
      stream: z.enum(['stdout', 'stderr']),
      offset: bytes,
      line_offset: bytes,
      line: z.string(),
    }),
  ),
  searched_to: bytes,
  next: maybe(bytes),
});

export const SourceReply = z.strictObject({
  path: maybe(z.string()),
  source: maybe(z.string()),
  truncated: z.boolean(),
});

export const UsageReply = z.strictObject({
  at: time,
  cpu_percent: maybe(z.number()),
  cpu_seconds: z.number(),
  rss_bytes: bytes,
  processes: z.int(),
});

export const ArtifactsReply = z.strictObject({
  artifacts: z.array(
    z.strictObject({
      name: z.string(),
      bytes,
      modified_at: time,
      media_type: z.string(),
    }),
  ),
  truncated: z.boolean(),
});

export const CancelReply = z.strictObject({
  job_id: z.string(),
  status: Status,
  message: z.string(),
  survivors: z.array(z.int()),
});

export const PruneReply = z.looseObject({
  removed: z.int(),
  remaining: z.int(),
  freed_bytes: bytes,
});

export const InputReply = z.strictObject({ job_id: z.string(), written: bytes });

const script = {
  name: z.string(),
  path: z.string(),
  description: maybe(z.string()),
  dependencies: z.array(z.string()),
  requires_python: maybe(z.string()),
  modified_at: time,
  problem: z.string().optional(),
};
export const ScriptsReply = z.strictObject({ scripts: z.array(z.looseObject(script)) });
export const ScriptReply = z.strictObject({
  name: z.string(),
  path: z.string(),
  source: z.string(),
});
export const SaveScriptReply = z.looseObject({
  written: z.boolean(),
  path: z.string(),
  message: z.string(),
});

export const EnvironmentsReply = z.strictObject({
  environments: z.array(
    z.strictObject({
      key: z.string(),
      description: maybe(z.string()),
      python_version: maybe(z.string()),
      interpreter: maybe(z.string()),
      resolved_dependencies: z.array(z.string()),
      last_used_at: time,
      size_bytes: bytes,
      in_use: z.boolean(),
    }),
  ),
});

export const HealthReply = z.strictObject({
  status: z.literal('ok'),
  version: z.string(),
  home: z.string(),
  pid: z.int(),
  uptime_seconds: z.int(),
  jobs: Counts,
  streams: z.int(),
  memory_bytes: bytes,
});

export const OpenApiReply = z.looseObject({ openapi: z.string() });

export const ProblemReply = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
});

/** What requests may carry: the schemas of the tools where there is one, queries beside them. */
import * as z from 'zod';
import { CancelJobSchema, ListForPeopleSchema, PruneJobsSchema } from '../../contract/inputs.ts';
import {
  JobStatusSchema,
  RunInDirSchema,
  RunWithDependenciesSchema,
  SaveScriptSchema,
  SendInputSchema,
  SessionRunSchema,
} from '../../contract/inputs.ts';
import { isJobId } from '../../core/job-id.ts';

const wholeNumber = (least: number, most: number) => z.int().min(least).max(most);
/** In an address 1 and 0 are the usual words. */
const flag = z.boolean();

/** Of a page of output. */
export const DEFAULT_BYTES = 65_536;
const LARGEST_PAGE_BYTES = 1024 * 1024;
const OFFSET = wholeNumber(0, Number.MAX_SAFE_INTEGER);

export const RunBody = RunInDirSchema.omit({ async_mode: true, enable_streaming: true }).extend({
  directory: RunInDirSchema.shape.directory.nullable().optional(),
  ignore_project_requirements: RunWithDependenciesSchema.shape.ignore_project_requirements,
});
export const PruneBody = PruneJobsSchema;
export const InputBody = SendInputSchema.pick({ text: true, close: true });

export const CancelBody = CancelJobSchema.omit({ job_id: true });

export const SessionBody = SessionRunSchema.omit({ cell: true });
export const CellBody = SessionRunSchema.pick({
  code: true,
  timeout_seconds: true,
  wait_seconds: true,
}).required({ code: true });

export const RerunBody = z.strictObject({
  env_vars: RunInDirSchema.shape.env_vars,
  stdin: RunInDirSchema.shape.stdin,
  job_label: RunInDirSchema.shape.job_label,
});

export const SaveScriptBody = SaveScriptSchema.omit({ script_name: true });

export const ListQuery = z.strictObject({
  status: ListForPeopleSchema.shape.status_filter,
  q: ListForPeopleSchema.shape.search,
  client: ListForPeopleSchema.shape.client,
  label: ListForPeopleSchema.shape.label,
  since: ListForPeopleSchema.shape.since,
  sort: ListForPeopleSchema.shape.sort,
  from: z
    .string()
    .refine(isJobId, 'must be the id of a job')
    .optional()
    .describe('Id of the job to begin at, going to older ones: next_from of another reply.'),
  limit: wholeNumber(1, 500).optional().describe('Default 50.'),
  page: wholeNumber(1, 1_000_000).optional().describe('Default 1.'),
});

/** Which of the three it has to be is decided by the stream. */
const POSITION = z
  .string()
  .regex(
    /^(?:\d{1,15}|c\d{1,15}-\d{1,15}|std(?:out|err):\d{1,15})$/,
    'must be an offset such as 4096, or with stream=both a cursor such as c4096-0, or stdout:4096',
  );

export const OutputQuery = z.strictObject({
  stream: z
    .enum(['stdout', 'stderr', 'environment', 'both'])
    .optional()
    .describe('Default stdout. both: stdout and stderr in the order they became visible.'),
  from: POSITION.optional().describe('Where the page begins, default the start of the output.'),
  before: POSITION.optional().describe('Where the page ends, instead of from.'),
  max: wholeNumber(200, LARGEST_PAGE_BYTES).optional().describe('Bytes, default 65536.'),
  tail: flag.optional().describe('1: the last bytes instead of those at from.'),
  plain: flag.optional().describe('1: text/plain for people.'),
  raw: flag.optional().describe('1: the bytes themselves.'),
});

export const WaitQuery = z.strictObject({
  wait: JobStatusSchema.shape.wait_seconds.describe('Seconds to wait, at most; default 0.'),
  until: JobStatusSchema.shape.until,
  from: z
    .string()
    .optional()
    .describe('Only output behind this cursor counts for `until`; default the start.'),
});

export const CellsQuery = z.strictObject({
  from: wholeNumber(1, 1_000_000_000).optional().describe('First cell, default the newest ones.'),
  limit: wholeNumber(1, 100).optional().describe('Default 20.'),
});

export const CellQuery = z.strictObject({
  wait: z.number().min(0).max(45).optional().describe('Seconds to wait for its end, default 0.'),
});

export const CellOutputQuery = z.strictObject({
  stream: z.enum(['stdout', 'stderr']).optional().describe('Default stdout.'),
  from: OFFSET.optional().describe('Offset in the stream, default where the cell begins.'),
  max: wholeNumber(200, LARGEST_PAGE_BYTES).optional().describe('Bytes, default 65536.'),
});

export const SearchQuery = z.strictObject({
  q: z
    .string()
    .min(1)
    .max(1000)
    .regex(/^[^\n]*$/, 'must not contain a line break')
    .describe('Text to look for; a pattern with regex=1.'),
  regex: flag.optional().describe('1: q is an RE2 pattern.'),
  stream: z.enum(['stdout', 'stderr']).optional().describe('Default stdout.'),
  from: OFFSET.optional().describe('Offset to begin at, default 0.'),
  before: OFFSET.optional().describe('Look back from here, instead of from: the last matches.'),
  limit: wholeNumber(1, 1000).optional().describe('Matches at most, default 100.'),
});

export const LineQuery = z.strictObject({
  stream: z.enum(['stdout', 'stderr']).optional().describe('Default stdout.'),
  line: wholeNumber(1, Number.MAX_SAFE_INTEGER).optional().describe('Number of the line.'),
  offset: OFFSET.optional().describe('Or of a byte in it.'),
  from: OFFSET.optional().describe('Where counting begins, default 0.'),
  from_line: wholeNumber(1, Number.MAX_SAFE_INTEGER)
    .optional()
    .describe('The line that is there, default 1.'),
});

export const FollowQuery = z.strictObject({
  from: z.string().optional().describe('Cursor to begin at; Last-Event-ID wins.'),
});

export type ListQueryInput = z.infer<typeof ListQuery>;
export type OutputQueryInput = z.infer<typeof OutputQuery>;

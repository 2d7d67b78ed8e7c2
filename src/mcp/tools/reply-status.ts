/** `py_job_status`: one job with what is new of it, or several in a row each. */
import type { CallToolResult } from '@modelcontextprotocol/server';
import type { JobStatusInput, StatusInput } from '../../contract/inputs.ts';
import type { ArtifactEntry } from '../../contract/replies/run-result.ts';
import type { StatusReply } from '../../contract/replies/status.ts';
import { invalid } from '../../core/job-error.ts';
import { called } from '../../core/wording.ts';
import { structured } from './present.ts';
import { whileReporting } from './report-progress.ts';
import { withArtifacts } from './show-artifacts.ts';
import { type ToolContext, whenDelivered } from './tool.ts';

export async function replyStatus(
  input: JobStatusInput,
  context: ToolContext,
): Promise<CallToolResult> {
  const { job_id: id, job_ids: ids } = input;
  if (id !== undefined && ids !== undefined) throw one('not both');
  if (ids !== undefined) return replyRows(ids, input, context);
  if (id === undefined) throw one('one of them');
  return replyJob({ ...input, job_id: id, reader: input.reader ?? context.session }, context);
}

function one(what: string): Error {
  return invalid(
    'job_id',
    `give it or ${called('job_ids')}, ${what}.`,
    'Ids are returned by run tools.',
  );
}

async function replyJob(input: StatusInput, context: ToolContext): Promise<CallToolResult> {
  const { delivered } = context;
  const { reply, advance } = await whileReporting(input, context, (signal) =>
    context.jobs.read.status(input, { signal, delivered }),
  );
  const presented = await withPictures(reply, input, context);
  whenDelivered(context, advance);
  return presented;
}

async function replyRows(
  given: string[],
  { until = 'all', wait_seconds = 0, stack }: JobStatusInput,
  context: ToolContext,
): Promise<CallToolResult> {
  if (stack) throw invalid('stack', 'several jobs are told in a row each.', 'Pass one job_id.');
  if (!['all', 'any', 'exit'].includes(until)) {
    throw invalid('until', 'several jobs end a wait by their ends only.', 'Pass "all" or "any".');
  }
  const { jobs } = context;
  const ids = given.map((id) => jobs.idOf(id));
  const first = { job_id: ids[0] ?? '', wait_seconds };
  const reply = await whileReporting(first, context, (signal) =>
    jobs.read.rows(ids, until === 'any', wait_seconds, signal),
  );
  return structured(reply);
}

/** Pictures come with the first reply that tells a reader the end, not with every poll. */
async function withPictures(
  reply: StatusReply,
  { job_id: id, reader = '' }: StatusInput,
  context: ToolContext,
): Promise<CallToolResult> {
  const { result } = reply.job;
  const { toldEnds } = context;
  if (!result || toldEnds.has(id, reader)) return structured(reply);
  const put = (artifacts?: ArtifactEntry[]) =>
    artifacts ? { ...reply, job: { ...reply.job, result: { ...result, artifacts } } } : reply;
  const presented = await withArtifacts(id, result.artifacts, put, context);
  whenDelivered(context, () => toldEnds.add(id, reader));
  return presented;
}

/** Jobs over HTTP: start, list, look into, end. */
import type { Context } from 'hono';
import type { ListForPeopleInput } from '../../contract/inputs.ts';
import { hasEnded } from '../../core/job.ts';
import type { Origin } from '../../jobs/accept/accept-run.ts';
import type { JobService } from '../../jobs/job-service.ts';
import { clientOf } from '../wire/client-name.ts';
import { checkedBody, checkedQuery } from '../wire/check-request.ts';
import { jobPart } from '../wire/job-part.ts';
import { RequestError } from '../wire/problem.ts';
import { json } from '../wire/reply.ts';
import { CancelBody, InputBody, ListQuery, type ListQueryInput } from '../wire/request-schemas.ts';
import { PruneBody, RerunBody, RunBody, WaitQuery } from '../wire/request-schemas.ts';

/** What a list shows as the tool of a job that came this way. */
const TOOL = 'http';
const API = '/api/v1';
/** A script may have 16 MiB, and JSON makes it somewhat longer. */
const LARGEST_RUN_BODY = 17 * 1024 * 1024;

export async function startJob(context: Context, jobs: JobService): Promise<Response> {
  const input = await checkedBody(context, RunBody, LARGEST_RUN_BODY);
  const key = input.request_key ?? context.req.header('idempotency-key');
  const request_key = key || undefined;
  const job = await jobs.run({ ...input, request_key, enable_streaming: true }, originOf(context));
  return created(context, jobs, job.id);
}

export async function rerunJob(context: Context, jobs: JobService): Promise<Response> {
  const values = await checkedBody(context, RerunBody);
  const job = await jobs.control.rerun(jobPart(context, jobs), values, originOf(context));
  return created(context, jobs, job.id);
}

export async function listJobs(context: Context, jobs: JobService): Promise<Response> {
  return json(context, jobs.inspect.list(listInput(checkedQuery(context, ListQuery))));
}

/** An address has short names. */
export function listInput({ status, q, ...query }: ListQueryInput): ListForPeopleInput {
  return { ...query, status_filter: status, search: q };
}

export async function jobDetails(context: Context, jobs: JobService): Promise<Response> {
  const id = jobPart(context, jobs);
  const { wait, ...wanted } = checkedQuery(context, WaitQuery);
  const asked = { ...wanted, job_id: id, wait_seconds: wait };
  const until = await jobs.read.waitFor(asked, context.req.raw.signal);
  return json(context, { job: jobs.inspect.details(id), ...(until === null ? {} : { until }) });
}

export async function removeJob(context: Context, jobs: JobService): Promise<Response> {
  const id = jobPart(context, jobs);
  if (!hasEnded(jobs.get(id))) {
    throw new RequestError('job_running', `Job ${id} has not ended. Cancel it first.`);
  }
  await jobs.control.remove(id);
  return context.body(null, 204);
}

export async function cancelJob(context: Context, jobs: JobService): Promise<Response> {
  const { grace_seconds: grace } = await checkedBody(context, CancelBody);
  const graceMs = grace === undefined ? undefined : grace * 1000;
  return json(context, await jobs.control.cancel(jobPart(context, jobs), graceMs));
}

export async function pruneJobs(context: Context, jobs: JobService): Promise<Response> {
  return json(context, await jobs.control.prune(await checkedBody(context, PruneBody)));
}

export async function sendInput(context: Context, jobs: JobService): Promise<Response> {
  const id = jobPart(context, jobs);
  const { text, close = false } = await checkedBody(context, InputBody);
  return json(context, { job_id: id, written: await jobs.control.sendInput(id, text, close) });
}

function originOf(context: Context): Origin {
  return { tool: TOOL, client: clientOf(context) };
}

async function created(context: Context, jobs: JobService, id: string): Promise<Response> {
  context.header('location', `${API}/jobs/${id}`);
  return json(context, { job: jobs.inspect.details(id) }, 201);
}

/** Sessions over HTTP: which there are, their cells, a cell to run, to read, to stop. */
import type { Context } from 'hono';
import { invalid, shown } from '../../core/job-error.ts';
import type { JobService } from '../../jobs/job-service.ts';
import { checkedBody, checkedQuery, pathPart } from '../wire/check-request.ts';
import { clientOf } from '../wire/client-name.ts';
import { contentOf } from '../wire/content.ts';
import { jobPart } from '../wire/job-part.ts';
import { json } from '../wire/reply.ts';
import {
  CellBody,
  CellOutputQuery,
  CellQuery,
  CellsQuery,
  DEFAULT_BYTES,
  SessionBody,
} from '../wire/request-schemas.ts';

/** Code of a cell, as JSON. */
const LARGEST_CELL_BODY = 17 * 1024 * 1024;
const DEFAULT_CELLS = 20;

export async function listSessions(context: Context, { sessions }: JobService): Promise<Response> {
  return json(context, { sessions: sessions.list() });
}

/** By name: begins the session when it does not live. */
export async function runInSession(context: Context, jobs: JobService): Promise<Response> {
  const input = await checkedBody(context, SessionBody, LARGEST_CELL_BODY);
  const { job, cell } = await jobs.sessions.accept(input, originOf(context));
  return accepted(context, jobs, job.id, cell, input.wait_seconds);
}

export async function runCell(context: Context, jobs: JobService): Promise<Response> {
  const id = jobPart(context, jobs);
  const input = await checkedBody(context, CellBody, LARGEST_CELL_BODY);
  const cell = jobs.sessions.acceptIn(id, input.code, input.timeout_seconds, originOf(context));
  return accepted(context, jobs, id, cell, input.wait_seconds);
}

export async function listCells(context: Context, jobs: JobService): Promise<Response> {
  const id = jobPart(context, jobs);
  const { from, limit = DEFAULT_CELLS } = checkedQuery(context, CellsQuery);
  return json(context, jobs.sessions.cells(id, from, limit));
}

export async function oneCell(context: Context, jobs: JobService): Promise<Response> {
  const [id, cell] = [jobPart(context, jobs), cellPart(context)];
  const { wait = 0 } = checkedQuery(context, CellQuery);
  await jobs.sessions.waitFor(id, cell, wait, context.req.raw.signal);
  return json(context, jobs.sessions.cell(id, cell));
}

export async function cellOutput(context: Context, jobs: JobService): Promise<Response> {
  const [id, cell] = [jobPart(context, jobs), cellPart(context)];
  const { stream = 'stdout', from, max = DEFAULT_BYTES } = checkedQuery(context, CellOutputQuery);
  const { bytes, ...page } = jobs.sessions.page(id, cell, stream, from, max);
  return json(context, { stream, ...page, ...contentOf(bytes) });
}

export async function stopCell(context: Context, jobs: JobService): Promise<Response> {
  return json(context, await jobs.sessions.stop(jobPart(context, jobs), cellPart(context)));
}

function originOf(context: Context) {
  return { tool: 'http', client: clientOf(context) };
}

/** Durable from now on, whether or not it has run when this is read. */
async function accepted(
  context: Context,
  jobs: JobService,
  id: string,
  cell: number,
  seconds = 0,
): Promise<Response> {
  context.header('location', `/api/v1/jobs/${id}/cells/${cell}`);
  await jobs.sessions.waitFor(id, cell, seconds, context.req.raw.signal);
  return json(context, jobs.sessions.cell(id, cell), 202);
}

function cellPart(context: Context): number {
  const text = pathPart(context, 'cell');
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw invalid('cell', `${shown(text)} is no number of a cell.`, 'They begin at 1.');
}

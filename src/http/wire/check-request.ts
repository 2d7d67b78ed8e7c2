/** From the text of a request to values taken as they are meant; what is wrong is said as everywhere else. */
import type { Context } from 'hono';
import type * as z from 'zod';
import { readInput } from '../../contract/read-input.ts';
import { JobError } from '../../core/job-error.ts';
import { RequestError } from './problem.ts';
import { addNotes } from './reply.ts';

const LARGEST_BODY = 1024 * 1024;

/** @throws JobError invalid_request */
export function checkedQuery<Schema extends z.ZodObject>(
  context: Context,
  schema: Schema,
): z.infer<Schema> {
  return checked(context, schema, context.req.query());
}

/**
 * An absent body counts as `{}`.
 * @throws JobError invalid_request, RequestError too_large
 */
export async function checkedBody<Schema extends z.ZodObject>(
  context: Context,
  schema: Schema,
  maxBytes: number = LARGEST_BODY,
): Promise<z.infer<Schema>> {
  return checked(context, schema, parsed(await readBody(context, maxBytes)));
}

function checked<Schema extends z.ZodObject>(
  context: Context,
  schema: Schema,
  given: unknown,
): z.infer<Schema> {
  const { input, notes } = readInput(schema, given);
  addNotes(context, notes);
  return input;
}

/** A missing part of the path is a fault of the route table. */
export function pathPart(context: Context, name: string): string {
  const value = context.req.param(name);
  if (value === undefined) throw new RequestError('not_found', `The path has no ${name}.`);
  return value;
}

/** Counted while it arrives: a length that was announced may be wrong or missing. */
async function readBody(context: Context, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = Number(context.req.header('content-length') ?? 0);
  if (size > maxBytes) refuseSize(maxBytes);
  size = 0;
  for await (const chunk of context.req.raw.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) refuseSize(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function refuseSize(maxBytes: number): never {
  throw new RequestError('too_large', `The body has more than the ${maxBytes} bytes it may have.`);
}

function parsed(text: string): unknown {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new JobError(
      'invalid_request',
      `The body is not JSON: ${(error as Error).message}. Send one JSON object.`,
    );
  }
}

/** From the text of a request to checked values; what is wrong is said as everywhere else. */
import type { Context } from 'hono';
import type * as z from 'zod';
import { describeInputIssue } from '../../contract/inputs.ts';
import { JobError } from '../../core/job-error.ts';
import { RequestError } from './problem.ts';

const LARGEST_BODY = 1024 * 1024;

/** @throws JobError invalid_request */
export function checkedQuery<Schema extends z.ZodType>(
  context: Context,
  schema: Schema,
): z.infer<Schema> {
  return checked(schema, context.req.query());
}

/**
 * An absent body counts as `{}`.
 * @throws JobError invalid_request, RequestError too_large
 */
export async function checkedBody<Schema extends z.ZodType>(
  context: Context,
  schema: Schema,
  maxBytes: number = LARGEST_BODY,
): Promise<z.infer<Schema>> {
  return checked(schema, parsed(await readBody(context, maxBytes)));
}

export function checked<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const result = schema.safeParse(value, { error: describeInputIssue });
  if (result.success) return result.data;
  throw new JobError('invalid_request', result.error.issues.map(sentenceOf).join(' '));
}

/** Messages that stand in a schema do not name what they are about. */
function sentenceOf({ path, message }: z.core.$ZodIssue): string {
  const name = path.join('.');
  return name === '' || message.includes(name) ? message : `${name}: ${message}.`;
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

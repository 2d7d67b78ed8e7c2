/** Artifacts over HTTP: saved or shown as pictures, never as pages. */
import type { Context } from 'hono';
import type { OpenArtifact } from '../../jobs/artifacts/artifacts.ts';
import type { JobService } from '../../jobs/job-service.ts';
import { type ByteRange, byteStream, rangeOf } from '../wire/byte-range.ts';
import { ATTACHMENT_POLICY } from '../wire/headers.ts';
import { pathPart } from '../wire/check-request.ts';
import { jobPart } from '../wire/job-part.ts';
import { RequestError } from '../wire/problem.ts';
import { json } from '../wire/reply.ts';

const LONGEST_FILE_NAME = 150;
/** They would show another name than the file gets: control, reading direction, invisible tags. */
const DISGUISES = /[\p{Control}\p{Bidi_Control}\u{e0000}-\u{e007f}]/gu;

export async function listArtifacts(context: Context, jobs: JobService): Promise<Response> {
  return json(context, await jobs.inspect.artifacts(jobPart(context, jobs)));
}

export async function artifactReply(context: Context, jobs: JobService): Promise<Response> {
  const artifact = jobs.inspect.openArtifact(jobPart(context, jobs), pathPart(context, 'name'));
  if (!artifact) {
    throw new RequestError(
      'unknown_artifact',
      'There is no such artifact: only regular files of the job are given, no links. ' +
        'GET /api/v1/jobs/{id}/artifacts lists them.',
    );
  }
  try {
    return reply(context, artifact);
  } catch (error) {
    artifact.close();
    throw error;
  }
}

/** Closes the artifact when the reply has been sent, or at once when there is nothing to send. */
function reply(context: Context, artifact: OpenArtifact): Response {
  const asked = rangeOf(context.req.header('range'), artifact.bytes);
  const range = asked ?? { from: 0, to: artifact.bytes };
  const headers = headersOf(artifact, range, asked !== null);
  const status = asked ? 206 : 200;
  if (context.req.raw.method === 'HEAD') {
    artifact.close();
    return context.newResponse(null, status, headers);
  }
  const read = (from: number, length: number) => artifact.read(from, length);
  const body = byteStream(range, read, () => artifact.close());
  return context.newResponse(body, status, headers);
}

function headersOf(
  { name, bytes, mediaType }: OpenArtifact,
  { from, to }: ByteRange,
  partial: boolean,
): Record<string, string> {
  return {
    'content-type': mediaType,
    'content-length': String(to - from),
    'content-disposition': dispositionOf(name),
    'content-security-policy': ATTACHMENT_POLICY,
    'accept-ranges': 'bytes',
    ...(partial ? { 'content-range': `bytes ${from}-${to - 1}/${bytes}` } : {}),
  };
}

/** Whatever a script called its file: letters that cannot end the header, a plain one for old readers. */
export function dispositionOf(name: string): string {
  const last = name.slice(name.lastIndexOf('/') + 1);
  const honest = last.toWellFormed().replace(DISGUISES, '_');
  const short = Array.from(honest).slice(-LONGEST_FILE_NAME).join('');
  const plain = short.replace(/[^\w. -]/g, '_');
  const encoded = encodeURIComponent(short).replace(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

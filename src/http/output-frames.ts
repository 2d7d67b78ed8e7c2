/**
 * Output as server-sent events. Followers of one job are told the same chunks, so the newest encoded
 * ones are kept for the others: few, and in the open, where the collector of young memory sees them
 * go (entries of a WeakMap would stay until a full collection).
 */
import type { OutputChunk } from '../jobs/follow-output.ts';
import { encodeEvent } from './event-stream.ts';
import { outputFields } from './job-messages.ts';

/** As many as there are shared pages: about 11 MB. */
const MOST_KEPT = 176;
/** A short chunk leaves in one piece, at once. */
const SHORT_BYTES = 4_096;

const kept = new Map<string, Buffer>();

/** The id differs between followers: a cursor is a position in the other stream, too. */
export function* outputFrames(
  jobId: string,
  cursor: string,
  chunk: OutputChunk,
): Generator<Uint8Array> {
  const id = Buffer.from(`id: ${cursor}\n`);
  const frame = frameOf(jobId, chunk);
  if (frame.length <= SHORT_BYTES) {
    yield Buffer.concat([id, frame]);
  } else {
    yield id;
    yield frame;
  }
}

function frameOf(jobId: string, chunk: OutputChunk): Buffer {
  const { stream, bytes, cursor } = chunk;
  const key = `${jobId}:${stream}:${cursor[stream]}:${bytes.length}`;
  const known = kept.get(key);
  if (known) return known;
  const frame = encodeEvent('output', outputFields(chunk));
  kept.set(key, frame);
  const [oldest] = kept.keys();
  if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
  return frame;
}

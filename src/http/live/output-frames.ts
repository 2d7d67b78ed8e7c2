/**
 * Output as server-sent events. Followers of one job are told the same chunks, so the newest encoded
 * ones are kept for the others: few, and in the open, where the collector of young memory sees them
 * go (entries of a WeakMap would stay until a full collection).
 */
import { Newest } from '../../core/newest.ts';
import type { OutputChunk } from '../../jobs/read/follow-output.ts';
import { encodeEvent } from './event-stream.ts';
import { outputFields } from './job-feed.ts';

/** As many as there are shared pages: about 11 MB. */
const MOST_KEPT = 176;
/** Shorter ones are encoded sooner than found again. */
const KEPT_FROM_BYTES = 4_096;

export class OutputFrames {
  readonly #kept = new Newest<string, Buffer>(MOST_KEPT);

  /** In one or two pieces: the id differs between followers, for it is a position in both streams. */
  encode(jobId: string, cursor: string, chunk: OutputChunk): (string | Buffer)[] {
    const id = `id: ${cursor}\n`;
    // Behind a gap each follower is told what it has missed.
    const isShared = chunk.bytes.length >= KEPT_FROM_BYTES && !chunk.skipped;
    if (isShared) return [id, this.#frameOf(jobId, chunk)];
    return [id + encodeEvent('output', outputFields(chunk))];
  }

  #frameOf(jobId: string, chunk: OutputChunk): Buffer {
    const { stream, bytes, cursor } = chunk;
    const key = `${jobId}:${stream}:${cursor[stream]}:${bytes.length}`;
    const known = this.#kept.get(key);
    if (known) return known;
    const frame = Buffer.from(encodeEvent('output', outputFields(chunk)));
    this.#kept.set(key, frame);
    return frame;
  }
}

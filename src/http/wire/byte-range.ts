/** Downloads: the `Range` header, and bytes that are read while they are sent. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { RequestError } from './problem.ts';

/** Bytes `from` up to, not including, `to`. */
export interface ByteRange {
  from: number;
  to: number;
}

/**
 * Null without a header, or with one of a kind that may be ignored (several ranges, other units).
 * @throws RequestError range_not_satisfiable when it lies behind the end.
 */
export function rangeOf(header: string | undefined, size: number): ByteRange | null {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '');
  const [, first = '', last = ''] = match ?? [];
  if (!match || (first === '' && last === '')) return null;
  const range =
    first === ''
      ? { from: Math.max(0, size - Number(last)), to: size }
      : { from: Number(first), to: last === '' ? size : Math.min(size, Number(last) + 1) };
  if (first !== '' && last !== '' && Number(last) < Number(first)) return null;
  if (range.from < range.to) return range;
  throw new RequestError(
    'range_not_satisfiable',
    `There are ${size} bytes; ask for a range that begins before byte ${size}.`,
  );
}

const CHUNK_BYTES = 65_536;

/**
 * The bytes of a range, read as the client takes them. `read` may return fewer bytes than asked for;
 * none means that the file has been cut short, which ends the connection.
 */
export function byteStream(
  { from, to }: ByteRange,
  read: (from: number, length: number) => Uint8Array,
  closed: () => void,
): ReadableStream<Uint8Array> {
  let position = from;
  const next = (): Uint8Array | null => {
    if (position >= to) return null;
    const bytes = read(position, Math.min(CHUNK_BYTES, to - position));
    if (bytes.length === 0) throw new Error('the file has been cut short');
    position += bytes.length;
    return bytes;
  };
  return pulledStream(next, closed);
}

/**
 * Bytes as the client takes them, until `next` gives null. What it throws ends the connection.
 * @param closed called once, however it ends; `next` is not called any more then.
 */
export function pulledStream(
  next: () => Uint8Array | null,
  closed: () => void,
): ReadableStream<Uint8Array> {
  let isGivenUp = false;
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    await nextTurn(); // a connection that takes all at once must not keep the others waiting
    if (isGivenUp) return;
    try {
      const bytes = next();
      if (bytes !== null) {
        controller.enqueue(bytes);
        return;
      }
      controller.close();
    } catch (error) {
      controller.error(error);
    }
    closed();
  };
  const cancel = (): void => {
    isGivenUp = true;
    closed();
  };
  return new ReadableStream({ pull, cancel }, { highWaterMark: 0 });
}

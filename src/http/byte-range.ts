/** The `Range` header: one range of bytes, as downloads and players ask for. */
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

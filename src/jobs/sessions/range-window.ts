/** A bounded view of a range of output: its beginning and its end, with a marker in between. */
import type { OutputRef } from '../../output/files/output-file.ts';
import { present } from '../../output/files/output-window.ts';
import { readBefore, readBytes, readPage } from '../../output/files/read-page.ts';

/** Causes stand at the beginning, errors at the end: the end gets the larger share. */
const HEAD_SHARE = 1 / 3;

export function readRangeWindow(
  output: OutputRef,
  from: number,
  to: number,
  maxBytes: number,
): { text: string; truncated: boolean } {
  if (to <= from) return { text: '', truncated: false };
  if (to - from <= maxBytes) {
    return { text: present(readBytes(output, from, to - from)), truncated: false };
  }
  const head = readPage(output, from, Math.floor(maxBytes * HEAD_SHARE), true);
  const tail = readBefore(output, to, maxBytes - head.bytes.length, true);
  const marker = `\n[… ${tail.from - head.next} bytes left out: bytes ${head.next}–${tail.from} …]\n`;
  return { text: present(head.bytes) + marker + present(tail.bytes), truncated: true };
}

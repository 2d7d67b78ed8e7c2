/** Output of one stream, opened for reading, whichever form it has on disk. */
import type { Gap } from './output-gap.ts';

export interface OutputSource {
  /** Bytes that were written, a gap included, when the file was opened. */
  size: number;
  /** What is gone, as of now: it can grow while a job runs. */
  gap(): Gap | null;
  /** The bytes at `from`, up to `length`, as far as there are any. In a gap: not output. */
  read(from: number, length: number): Uint8Array;
  /** Where the end begins that may turn out to be part of a secret; the size when nothing may. */
  settled(): number;
  close(): void;
}

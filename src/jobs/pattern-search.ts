/** Looks for a pattern in output as it grows. The engine is RE2's: linear time, whatever the pattern. */
import type { JobFolder, Stream } from '../output/job-folder.ts';
import { compilePattern, type Pattern } from '../output/pattern.ts';
import { readPage } from '../output/read-page.ts';
import type { Cursor } from '../core/cursor.ts';

const CHUNK_BYTES = 64 * 1024;

export interface Match {
  stream: Stream;
  /** Offset of the line the match begins on. */
  offset: number;
}

/** Each call of `search` looks only at what came since the one before. */
export class PatternSearch {
  readonly #pattern: Pattern;
  readonly #folder: JobFolder;
  readonly #streams: readonly Stream[];
  readonly #position: Cursor;

  /** @throws JobError invalid_request when the pattern cannot be compiled. */
  constructor(pattern: string, folder: JobFolder, streams: readonly Stream[], from: Cursor) {
    this.#pattern = compilePattern(pattern, 'until');
    this.#folder = folder;
    this.#streams = streams;
    this.#position = { ...from };
  }

  /** The first match in a line of new output, or null; a line still being written counts too. */
  async search(): Promise<Match | null> {
    for (const stream of this.#streams) {
      const match = await this.#searchStream(stream);
      if (match) return match;
    }
    return null;
  }

  async #searchStream(stream: Stream): Promise<Match | null> {
    for (;;) {
      const from = this.#position[stream];
      const page = readPage(this.#folder[stream], from, CHUNK_BYTES, true);
      const matcher = this.#pattern.matcher(page.bytes);
      if (matcher.find()) {
        const start = matcher.start();
        const line = start === 0 ? 0 : page.bytes.lastIndexOf(0x0a, start - 1) + 1;
        return { stream, offset: page.from + line };
      }
      const full = page.next < page.size;
      this.#position[stream] = page.from + settledLength(page.bytes, full);
      if (!full) return null;
      await new Promise((resolve) => setImmediate(resolve)); // let other calls through
    }
  }
}

/** Up to the last line border: the rest is looked at again together with what follows it. */
function settledLength(bytes: Uint8Array, full: boolean): number {
  const lines = bytes.lastIndexOf(0x0a) + 1;
  return lines === 0 && full ? Math.ceil(bytes.length / 2) : lines;
}

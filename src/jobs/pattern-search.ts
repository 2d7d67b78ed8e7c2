/** Looks for a pattern in output as it grows. The engine is RE2's: linear time, whatever the pattern. */
import { RE2JS } from 're2js';
import { invalid, shown } from '../core/job-error.ts';
import type { JobFolder, Stream } from '../output/job-folder.ts';
import { decodeUtf8 } from '../output/code-points.ts';
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
  readonly #pattern: RE2JS;
  readonly #folder: JobFolder;
  readonly #streams: readonly Stream[];
  readonly #position: Cursor;

  /** @throws JobError invalid_request when the pattern cannot be compiled. */
  constructor(pattern: string, folder: JobFolder, streams: readonly Stream[], from: Cursor) {
    this.#pattern = compile(pattern);
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
      const text = decodeUtf8(page.bytes);
      const matcher = this.#pattern.matcher(text);
      if (matcher.find()) {
        const line = text.lastIndexOf('\n', matcher.start() - 1) + 1;
        return { stream, offset: from + Buffer.byteLength(text.slice(0, line)) };
      }
      const full = page.bytes.length === CHUNK_BYTES;
      this.#position[stream] = from + settledLength(page.bytes, full);
      if (!full) return null;
      await new Promise((resolve) => setImmediate(resolve)); // let other calls through
    }
  }
}

/** Up to the last line border: the rest is looked at again together with what follows it. */
function settledLength(bytes: Uint8Array, full: boolean): number {
  const lines = bytes.lastIndexOf(0x0a) + 1;
  return lines === 0 && full ? Math.floor(bytes.length / 2) : lines;
}

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern, RE2JS.MULTILINE);
  } catch (error) {
    throw invalid(
      'until',
      `${shown(pattern)} is not a pattern: ${(error as Error).message}.`,
      'Use "output", "exit" or an RE2 regular expression (no look-around, no back-references).',
    );
  }
}

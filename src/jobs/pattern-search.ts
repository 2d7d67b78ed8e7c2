/** Looks for a pattern in output as it grows. */
import type { Cursor } from '../core/cursor.ts';
import type { Finder } from '../output/finder.ts';
import type { JobFolder, Stream } from '../output/job-folder.ts';
import { patternFinder } from '../output/pattern-finder.ts';
import { compilePattern } from '../output/pattern.ts';
import { searchOutput } from '../output/search-output.ts';

export interface Match {
  stream: Stream;
  /** Offset of the line the match begins on. */
  offset: number;
}

/** Each call of `search` looks only at what came since the one before. */
export class PatternSearch {
  readonly #finder: Finder;
  readonly #folder: JobFolder;
  readonly #streams: readonly Stream[];
  readonly #position: Cursor;

  /** @throws JobError invalid_request when the pattern cannot be compiled. */
  constructor(pattern: string, folder: JobFolder, streams: readonly Stream[], from: Cursor) {
    this.#finder = patternFinder(compilePattern(pattern, 'until'));
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
    let match: Match | null = null;
    const { settled } = await searchOutput(this.#folder[stream], {
      finder: this.#finder,
      from: this.#position[stream],
      deadline: Infinity,
      onMatch: ({ lineFrom: offset }) => {
        match = { stream, offset };
        return null;
      },
    });
    this.#position[stream] = settled;
    return match;
  }
}

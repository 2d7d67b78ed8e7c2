/** Looks for a pattern in output as it grows. */
import type { Cursor } from '../../core/cursor.ts';
import type { Finder } from '../../output/search/text-finder.ts';
import type { JobFolder, Stream } from '../../output/files/job-folder.ts';
import { patternFinder } from '../../output/search/pattern-finder.ts';
import { compilePattern } from '../../output/search/pattern.ts';
import { searchOutput } from '../../output/search/search.ts';
import { completeLength, skipContinuation } from '../../output/files/code-points.ts';
import { present } from '../../output/files/output-window.ts';

/** As much of a line as a page of the smallest size holds. */
const LINE_BYTES = 200;
const CARRIAGE_RETURN = 0x0d;

export interface PatternMatch {
  stream: Stream;
  /** Where `line` begins. */
  offset: number;
  /** The line as readers get it; of a long one what is around the match. */
  line: string;
}

/** Each call of `search` looks only at what came since the one before. */
export class PatternSearch {
  readonly #finder: Finder;
  readonly #folder: JobFolder;
  readonly #streams: readonly Stream[];
  readonly #position: Cursor;
  /** Streams with output that was not looked at yet. */
  readonly #behind = new Set<Stream>();

  /** @throws JobError invalid_request when the pattern cannot be compiled. */
  constructor(pattern: string, folder: JobFolder, streams: readonly Stream[], from: Cursor) {
    this.#finder = patternFinder(compilePattern(pattern, 'until'));
    this.#folder = folder;
    this.#streams = streams;
    this.#position = { ...from };
  }

  /**
   * The first match in a line of new output, or null; a line still being written counts too.
   * @param deadline where `performance.now()` may be when it stops: streams share what is left.
   */
  async search(deadline: number, signal?: AbortSignal): Promise<PatternMatch | null> {
    for (const [place, stream] of this.#streams.entries()) {
      const now = performance.now();
      const share = Math.max(0, deadline - now) / (this.#streams.length - place);
      const match = await this.#searchStream(stream, now + share, signal);
      if (match) return match;
    }
    return null;
  }

  /** What the last search had no time for; null when it looked at everything. */
  get left(): string | null {
    if (this.#behind.size === 0) return null;
    return [...this.#behind]
      .map((stream) => `${stream} from byte ${this.#position[stream]}`)
      .join(', ');
  }

  async #searchStream(
    stream: Stream,
    deadline: number,
    signal?: AbortSignal,
  ): Promise<PatternMatch | null> {
    let match: PatternMatch | null = null;
    const { settled, to, size } = await searchOutput(this.#folder[stream], {
      finder: this.#finder,
      from: this.#position[stream],
      deadline,
      signal,
      onMatch: ({ lineFrom, start, line }) => {
        match = shownMatch(stream, lineFrom, start, line);
        return null;
      },
    });
    this.#position[stream] = settled;
    if (to < size) this.#behind.add(stream);
    else this.#behind.delete(stream);
    return match;
  }
}

/** Of a line that is drawn over again only the state that matched; of a long one what is around it. */
function shownMatch(
  stream: Stream,
  lineFrom: number,
  start: number,
  line: Uint8Array,
): PatternMatch {
  const at = start - lineFrom;
  const drawnFrom = line.lastIndexOf(CARRIAGE_RETURN, at - 1) + 1;
  const drawnTo = line.indexOf(CARRIAGE_RETURN, at);
  const from = Math.max(at > 0 ? drawnFrom : 0, at - LINE_BYTES / 4);
  const rest = line.subarray(from, drawnTo < 0 ? line.length : drawnTo);
  const whole = from === 0 ? rest : rest.subarray(skipContinuation(rest));
  const text = whole.subarray(0, completeLength(whole, Math.min(whole.length, LINE_BYTES)));
  return { stream, offset: lineFrom + from + rest.length - whole.length, line: present(text) };
}

/** Numbers of lines, counted by the server: the browser never has the whole file. */
import { getJson, query } from '../api/api.ts';
import type { LinePlace, StreamName } from '../api/api-types.ts';

interface Known {
  line: number;
  offset: number;
}

/** Of the lines with which the screen begins. Null: not counted, or nobody can know. */
export type FirstLines = Record<StreamName, number | null>;

export const NOT_COUNTED: FirstLines = { stdout: null, stderr: null };

const BEGINNING: Known = { line: 1, offset: 0 };
/** What was counted once is where the next count begins. */
const MOST_KNOWN = 100;

export class LineIndex {
  readonly #id: string;
  readonly #known: Record<StreamName, Known[]> = { stdout: [BEGINNING], stderr: [BEGINNING] };

  constructor(id: string) {
    this.#id = id;
  }

  /** Numbers of the lines with these bytes. */
  async linesAt(offsets: Record<StreamName, number>, signal: AbortSignal): Promise<FirstLines> {
    const [stdout, stderr] = await Promise.all([
      this.lineAt('stdout', offsets.stdout, signal),
      this.lineAt('stderr', offsets.stderr, signal),
    ]);
    return { stdout, stderr };
  }

  /** So many bytes would have to be read for that. */
  distanceTo(offsets: Record<StreamName, number>): number {
    const distance = (stream: StreamName): number =>
      offsets[stream] - this.#nearest(stream, offsets[stream]).offset;
    return distance('stdout') + distance('stderr');
  }

  #nearest(stream: StreamName, offset: number): Known {
    return this.#known[stream].findLast((known) => known.offset <= offset) ?? BEGINNING;
  }

  /** Number of the line with this byte; null when lines before it are gone. */
  async lineAt(stream: StreamName, offset: number, signal?: AbortSignal): Promise<number | null> {
    const near = this.#nearest(stream, offset);
    if (near.offset === offset) return near.line;
    const place = await this.#count(stream, { offset }, near, signal);
    return place.exact ? place.line : null;
  }

  /** Where a line begins: the last one, when there are not so many. */
  async offsetOf(stream: StreamName, line: number, signal?: AbortSignal): Promise<number> {
    const near = this.#known[stream].findLast((known) => known.line <= line) ?? BEGINNING;
    return (await this.#count(stream, { line }, near, signal)).offset;
  }

  /** One call counts for about a second. */
  async #count(
    stream: StreamName,
    wanted: { line?: number; offset?: number },
    { offset: from, line }: Known,
    signal?: AbortSignal,
  ): Promise<LinePlace> {
    const path = (next: number, number: number): string =>
      `/jobs/${this.#id}/line${query({ stream, ...wanted, from: next, from_line: number })}`;
    let place = await getJson<LinePlace>(path(from, line), signal);
    let { exact } = place;
    while (place.next !== null) {
      place = await getJson<LinePlace>(path(place.next, place.line), signal);
      exact &&= place.exact;
    }
    if (exact) this.#remember(stream, place);
    return { ...place, exact };
  }

  #remember(stream: StreamName, { line, offset }: LinePlace): void {
    const others = this.#known[stream].filter((known) => known.offset !== offset);
    const sorted = [...others, { line, offset }].toSorted((a, b) => a.offset - b.offset);
    if (sorted.length > MOST_KNOWN) sorted.splice(1, 1);
    this.#known[stream] = sorted;
  }
}

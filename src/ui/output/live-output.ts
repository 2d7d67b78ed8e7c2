/**
 * Output of a job as it comes, from where the end on the screen was read. It goes on being followed
 * while something else is shown, so the state of the job stays live.
 */
import type { EnvironmentEvent, JobItem, JobView, OutputEvent } from '../api/api-types.ts';
import type { ServerEvent } from '../api/event-stream.ts';
import { follow } from '../api/follow.ts';
import { after, type Piece, pieceOf, type Place, placeOf, START } from './output-pages.ts';
import { cursorOf } from './read-output.ts';

export interface JobEvents {
  changed: (job: JobItem) => void;
  ended: (job: JobView) => void;
  environment: (said: EnvironmentEvent) => void;
  removed: () => void;
}

export interface LiveListener extends JobEvents {
  /** So long are the streams, at least. */
  grown: (sizes: Place) => void;
  /** What follows the end that is shown. The next is asked for when it was taken in. */
  append: (piece: Piece) => Promise<void>;
  /** The end that is shown is too far behind, or something is missing: it is to be read again. */
  lost: () => Promise<void>;
  failed: (error: unknown) => void;
}

/** A reader that is further behind than this goes to the end instead of reading all of it. */
const BEHIND_BYTES = 8 * 1024 * 1024;

export class LiveOutput {
  readonly #path: string;
  readonly #listener: LiveListener;
  #following = new AbortController();
  /** Offsets up to which each stream is on the screen, or is not wanted there. */
  #shown: Place = START;
  /** What came while the end was being read. */
  #waiting: Piece[] | null = null;
  #isAside = false;
  #isClosed = false;

  constructor(id: string, listener: LiveListener) {
    this.#path = `/jobs/${encodeURIComponent(id)}/events`;
    this.#listener = listener;
  }

  follow(): void {
    this.#following = new AbortController();
    const take = (event: ServerEvent) => this.#take(event);
    const following = { path: this.#path, lastId: cursorOf(this.#shown), take };
    follow(following, this.#following.signal).catch(this.#listener.failed);
  }

  close(): void {
    this.#isClosed = true;
    this.#following.abort();
  }

  /** The end is being read: what comes waits for it. */
  hold(): void {
    this.#waiting ??= [];
  }

  /** The end could not be read: what waited is dropped, and read again with what comes next. */
  letGo(): void {
    this.#waiting = null;
  }

  /** The end is on the screen, up to `shown`. */
  async goOn(shown: Place, signal: AbortSignal): Promise<void> {
    this.#isAside = false;
    this.#shown = furthest(this.#shown, shown);
    for (let piece = this.#waiting?.shift(); piece; piece = this.#waiting?.shift()) {
      await this.#append(piece);
      signal.throwIfAborted();
    }
    this.#waiting = null;
  }

  /** Something else than the end is shown. */
  setAside(): void {
    this.#waiting = null;
    this.#isAside = true;
  }

  async #take({ event, data }: ServerEvent): Promise<boolean> {
    if (event === 'output') await this.#takeOutput(pieceOf(data as OutputEvent));
    if (event === 'environment') this.#listener.environment(data as EnvironmentEvent);
    if (event === 'removed') this.#listener.removed();
    if (event === 'state') this.#takeState((data as { job: JobItem }).job);
    if (event === 'end') this.#listener.ended((data as { job: JobView }).job);
    return event === 'removed' || event === 'end';
  }

  async #takeOutput(piece: Piece): Promise<void> {
    this.#listener.grown({ ...START, [piece.stream]: piece.next });
    if (this.#waiting) this.#waiting.push(piece);
    else if (!this.#isAside) await this.#append(piece);
  }

  #takeState(job: JobItem): void {
    const sizes = { stdout: job.stdout_bytes, stderr: job.stderr_bytes };
    this.#listener.grown(sizes);
    this.#listener.changed(job);
    const behind = sizes.stdout - this.#shown.stdout + sizes.stderr - this.#shown.stderr;
    if (behind > BEHIND_BYTES && !this.#isAside && !this.#waiting) void this.#skipTo(sizes);
  }

  async #skipTo(sizes: Place): Promise<void> {
    this.#following.abort();
    this.#shown = furthest(this.#shown, sizes);
    await this.#listener.lost();
    if (!this.#isClosed) this.follow();
  }

  /** What is on the screen already is left out: what was read may overlap. */
  async #append(piece: Piece): Promise<void> {
    const { stream, next, skipped } = piece;
    const shown = this.#shown[stream];
    if (next <= shown) return;
    if (piece.from > shown && !skipped) {
      void this.#listener.lost();
      return;
    }
    this.#shown = { ...this.#shown, [stream]: next };
    await this.#listener.append(after(piece, shown));
  }
}

function furthest(place: Place, other: Place): Place {
  return placeOf((stream) => Math.max(place[stream], other[stream]));
}

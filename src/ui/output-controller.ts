/**
 * What the terminal of a job shows: its end, as it grows, or a window somewhere in a file of any
 * size. Live output goes on being read while a window is shown, so the state of the job stays live.
 */
import { messageOf } from './api.ts';
import type { EnvironmentEvent, JobItem, JobView, OutputEvent, StreamName } from './api-types.ts';
import type { ServerEvent } from './event-stream.ts';
import { follow } from './follow.ts';
import { after, before, firstLines, lastLines } from './output-pages.ts';
import { type Page, type Piece, pieceOf, placeBefore, readPage } from './output-pages.ts';
import { OutputScreen } from './output-screen.ts';
import { NOTHING_YET, type OutputState, STREAMS, type View } from './output-state.ts';
import { Store } from './store.ts';
import type { TerminalView } from './terminal.ts';

export interface JobEvents {
  changed: (job: JobItem) => void;
  ended: (job: JobView) => void;
  environment: (said: EnvironmentEvent) => void;
  removed: () => void;
}

const TAIL_BYTES = 256 * 1024;
const STEP_BYTES = 256 * 1024;
/** Rows of a window; twice this fits into what the terminal keeps. */
const STEP_LINES = 4_000;
/** A reader that is further behind than this goes to the end instead of reading all of it. */
const BEHIND_BYTES = 8 * 1024 * 1024;

export class OutputController {
  readonly state = new Store<OutputState>(NOTHING_YET);
  readonly #id: string;
  readonly #terminal: TerminalView;
  readonly #screen: OutputScreen;
  readonly #events: JobEvents;
  readonly #disposed = new AbortController();
  #loading = new AbortController();
  #following = new AbortController();
  /** Offsets up to which each stream is on the screen. */
  #shown: Record<StreamName, number> = { stdout: 0, stderr: 0 };
  #appending = false;
  /** Came while the end was being read. */
  #waiting: Piece[] | null = null;

  constructor(id: string, terminal: TerminalView, events: JobEvents) {
    this.#id = id;
    this.#terminal = terminal;
    this.#screen = new OutputScreen(terminal);
    this.#events = events;
    terminal.onScroll(() => this.#scrolled());
  }

  /** @param ended nothing comes any more: there is nothing to follow */
  async start(ended: boolean): Promise<void> {
    await this.showEnd();
    if (!ended) this.#follow();
  }

  dispose(): void {
    this.#disposed.abort();
    this.#loading.abort();
    this.#following.abort();
  }

  setView(view: View): Promise<void> {
    this.#change({ view });
    return this.showEnd();
  }

  setFollowing(following: boolean): void {
    if (following && this.state.value.window) void this.showEnd();
    else if (following) this.#terminal.scrollToEnd();
    else this.#terminal.hold();
    this.#change({ following });
  }

  showEnd(): Promise<void> {
    return this.#load(async (signal) => {
      this.#waiting ??= [];
      const read = (stream: StreamName) => readPage(this.#id, stream, null, TAIL_BYTES, signal);
      const pages = await Promise.all(STREAMS.map(read));
      this.#clear(null);
      for (const page of pages) {
        this.#shown[page.stream] = page.next;
        if (this.#shows(page.stream)) await this.#writePage(lastLines(page, STEP_LINES * 2));
        signal.throwIfAborted();
      }
      this.#terminal.scrollToEnd();
      this.#change({ following: true });
      await this.#takeWaiting(signal);
    });
  }

  async #takeWaiting(signal: AbortSignal): Promise<void> {
    for (let piece = this.#waiting?.shift(); piece; piece = this.#waiting?.shift()) {
      await this.#append(piece);
      signal.throwIfAborted();
    }
    this.#waiting = null;
  }

  showStart(): Promise<void> {
    const { view, sizes } = this.state.value;
    const stream = view === 'both' ? (sizes.stdout > 0 ? 'stdout' : 'stderr') : view;
    return this.showAt(stream, 0, false);
  }

  /** A window around an offset, which becomes the first row, or a marked one within. */
  showAt(stream: StreamName, offset: number, select: boolean): Promise<void> {
    return this.#load(async (signal) => {
      this.#waiting = null;
      const start = Math.max(0, offset - STEP_BYTES);
      const length = offset - start + STEP_BYTES;
      const page = await readPage(this.#id, stream, start, length, signal);
      const above = lastLines(before(page, offset), STEP_LINES);
      const below = firstLines(after(page, offset), STEP_LINES);
      signal.throwIfAborted();
      this.#clear({ stream, from: above.from, next: below.next });
      await this.#writePage(above);
      const mark = this.#terminal.mark();
      await this.#writePage(below);
      signal.throwIfAborted();
      this.#terminal.scrollToMark(mark, select);
      this.#change({ following: false });
    });
  }

  async showEarlier(): Promise<void> {
    const top = this.#screen.top();
    if (!top || top.offset === 0) return;
    const { stream, offset } = top;
    const place = await placeBefore(this.#id, stream, offset, this.#disposed.signal);
    await this.showAt(stream, place, false);
  }

  /** Adds to a window at its lower end. */
  async showLater(): Promise<void> {
    const { window, sizes } = this.state.value;
    if (!window || window.next >= sizes[window.stream]) return;
    await this.#load(async (signal) => {
      const page = await readPage(this.#id, window.stream, window.next, STEP_BYTES, signal);
      const piece = firstLines(page, STEP_LINES);
      this.#terminal.hold();
      if (page.from > window.next) await this.#screen.sayNotKept(page.from - window.next);
      signal.throwIfAborted();
      await this.#writePage(piece);
      signal.throwIfAborted();
      this.#change({ window: { ...window, next: piece.next } });
    });
  }

  #follow(): void {
    this.#following = new AbortController();
    const cursor = `c${this.#shown.stdout}-${this.#shown.stderr}`;
    const path = `/jobs/${encodeURIComponent(this.#id)}/events`;
    const take = (event: ServerEvent) => this.#take(event);
    follow({ path, lastId: cursor, take }, this.#following.signal).catch((error: unknown) =>
      this.#change({ error: messageOf(error) }),
    );
  }

  async #take({ event, data }: ServerEvent): Promise<boolean> {
    if (event === 'output') {
      const piece = pieceOf(data as OutputEvent);
      this.#grow(piece);
      if (this.#waiting) this.#waiting.push(piece);
      else if (!this.state.value.window) await this.#append(piece);
      return false;
    }
    if (event === 'environment') this.#events.environment(data as EnvironmentEvent);
    if (event === 'removed') this.#events.removed();
    if (event === 'state') this.#stateChanged((data as { job: JobItem }).job);
    if (event === 'end') this.#end((data as { job: JobView }).job);
    return event === 'removed' || event === 'end';
  }

  #end(job: JobView): void {
    this.#events.ended(job);
  }

  #stateChanged(job: JobItem): void {
    this.#change({ sizes: { stdout: job.stdout_bytes, stderr: job.stderr_bytes } });
    this.#events.changed(job);
    const { stdout, stderr } = this.#shown;
    const behind = job.stdout_bytes - stdout + job.stderr_bytes - stderr;
    if (behind > BEHIND_BYTES && !this.state.value.window && !this.#waiting) void this.#skip();
  }

  async #skip(): Promise<void> {
    this.#following.abort();
    await this.showEnd();
    if (!this.#disposed.signal.aborted) this.#follow();
  }

  /** What is on the screen already is left out: a window's end or the tail may overlap. */
  async #append(piece: Piece): Promise<void> {
    const shown = this.#shown[piece.stream];
    if (piece.next <= shown) return;
    if (piece.from > shown) {
      void this.showEnd();
      return;
    }
    this.#shown[piece.stream] = piece.next;
    if (!this.#shows(piece.stream)) return;
    this.#appending = true;
    if (!this.state.value.following) this.#terminal.hold();
    await this.#writePage(after(piece, shown));
    if (this.state.value.following) this.#terminal.scrollToEnd();
    this.#appending = false;
  }

  #grow({ stream, next }: Piece): void {
    const { sizes } = this.state.value;
    if (next > sizes[stream]) this.#change({ sizes: { ...sizes, [stream]: next } });
  }

  #shows(stream: StreamName): boolean {
    const { view } = this.state.value;
    return view === 'both' || view === stream;
  }

  #clear(window: OutputState['window']): void {
    this.#screen.clear();
    this.#change({ window });
  }

  async #writePage(page: Piece | Page): Promise<void> {
    if ('size' in page) this.#grow({ ...page, next: page.size });
    if (!(await this.#screen.write(page))) return;
    const earlier = (this.#screen.top()?.offset ?? 0) > 0;
    this.#change({ lines: this.#terminal.lines, earlier });
  }

  /** One thing is loaded at a time: the latest. */
  async #load(action: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.#loading.abort();
    const loading = new AbortController();
    this.#loading = loading;
    this.#change({ loading: true, error: null });
    try {
      await action(loading.signal);
    } catch (error) {
      if (!loading.signal.aborted) this.#change({ error: messageOf(error) });
    }
    if (this.#loading === loading) this.#change({ loading: false });
  }

  #scrolled(): void {
    const { loading, window, following, earlier } = this.state.value;
    if (loading) return;
    const { atEnd, atStart } = this.#terminal;
    // While something is written the end moves by itself: that is nobody's wish to follow it.
    if (!window && following !== atEnd && !(atEnd && this.#appending)) {
      this.#change({ following: atEnd });
    }
    if (atStart && earlier) this.#showEarlierOnce();
    else if (atEnd && window) void this.showLater();
  }

  #showEarlierOnce(): void {
    this.#change({ loading: true }); // the wheel goes on turning
    this.showEarlier().catch((error: unknown) =>
      this.#change({ error: messageOf(error), loading: false }),
    );
  }

  #change(change: Partial<OutputState>): void {
    if (!this.#disposed.signal.aborted) this.state.set({ ...this.state.value, ...change });
  }
}

/**
 * What the terminal of a job shows: its end, as it grows, or a window somewhere in a file of any
 * size.
 */
import { messageOf } from '../api/api.ts';
import type { StreamName } from '../api/api-types.ts';
import { LatestLoad } from './latest-load.ts';
import { LineIndex, NOT_COUNTED } from '../lines/line-index.ts';
import { type JobEvents, LiveOutput } from './live-output.ts';
import { firstLines, lastLines, type Page, type Piece, type Place, START } from './output-pages.ts';
import { OutputScreen, type ShownRow } from './output-screen.ts';
import type { OutputState, View } from './output-state.ts';
import { positionIn, positionOf, readPage, type Where } from './read-output.ts';
import { streamsOf } from './search-output.ts';
import type { LineRef } from '../frame/router.ts';
import type { Store } from '../api/store.ts';
import type { TerminalView } from './terminal.ts';

const TAIL_BYTES = 256 * 1024;
const STEP_BYTES = 256 * 1024;
/** More than this is only counted through when somebody wants the numbers. */
const FAR_BYTES = 64 * 1024 * 1024;
/** Rows of a window; twice this fits into what the terminal keeps. */
const STEP_LINES = 4_000;

export interface Opened {
  terminal: TerminalView;
  controller: OutputController;
  /** The end was shown once: from now on it goes where people want. */
  isStarted: boolean;
}

export class OutputController {
  readonly lines: LineIndex;
  readonly #id: string;
  readonly #terminal: TerminalView;
  readonly #screen: OutputScreen;
  readonly #live: LiveOutput;
  readonly #load = new LatestLoad({
    begun: () => this.#screen.change({ loading: true, error: null }),
    failed: (error) => {
      this.#live.letGo();
      this.#screen.change({ error: messageOf(error) });
    },
    done: () => this.#screen.change({ loading: false }),
  });
  #counting = new AbortController();
  #appending = false;
  #isDisposed = false;

  constructor(id: string, terminal: TerminalView, events: JobEvents) {
    this.#id = id;
    this.lines = new LineIndex(id);
    this.#terminal = terminal;
    this.#screen = new OutputScreen(terminal);
    this.#live = new LiveOutput(id, {
      ...events,
      grown: (sizes) => this.#screen.grow(sizes),
      append: (piece) => this.#append(piece),
      lost: () => this.showEnd(),
      failed: (error) => this.#screen.change({ error: messageOf(error) }),
    });
    terminal.onScroll(() => this.#scrolled());
  }

  get state(): Store<OutputState> {
    return this.#screen.state;
  }

  rowsInSight(): ShownRow[] {
    return this.#screen.rowsInSight();
  }

  /** @param ended nothing comes any more: there is nothing to follow */
  async start(ended: boolean): Promise<void> {
    await this.showEnd();
    if (!ended && !this.#isDisposed) this.#live.follow();
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#screen.close();
    this.#load.giveUp();
    this.#counting.abort();
    this.#live.close();
  }

  setView(view: View): Promise<void> {
    this.#screen.change({ view });
    return this.showEnd();
  }

  setFollowing(following: boolean): void {
    if (following && this.state.value.window) void this.showEnd();
    else if (following) this.#terminal.scrollToEnd();
    else this.#terminal.hold();
    this.#screen.change({ following });
  }

  showEnd(): Promise<void> {
    return this.#load.run(async (signal) => {
      this.#live.hold();
      const page = await this.#read({ tail: 1 }, TAIL_BYTES, signal);
      const end = lastLines(page, STEP_LINES * 2);
      this.#clear(end.from, null);
      await this.#write(end.pieces, signal);
      this.#terminal.scrollToEnd();
      this.#screen.change({ following: true });
      await this.#live.goOn(page.next, signal);
    });
  }

  showStart(): Promise<void> {
    return this.#showWindow({ from: positionIn(this.state.value.view, START) }, false);
  }

  /** A window around an offset, which becomes the first row, or a marked one within. */
  showAt(stream: StreamName, offset: number, select: boolean): Promise<void> {
    if (!streamsOf(this.state.value.view).includes(stream)) this.#screen.change({ view: stream });
    return this.#showWindow({ from: positionOf(this.state.value.view, stream, offset) }, select);
  }

  /** A window around a line, marked; around the last one, when there are not so many. */
  async showLine({ stream, number }: LineRef): Promise<void> {
    try {
      const offset = await this.lines.offsetOf(stream, number);
      if (!this.#isDisposed) await this.showAt(stream, offset, true);
    } catch (error) {
      this.#screen.change({ error: messageOf(error) });
    }
  }

  async showEarlier(): Promise<void> {
    const top = this.#screen.top();
    if (top && this.state.value.earlier) {
      await this.#showWindow({ from: positionIn(this.state.value.view, top) }, false);
    }
  }

  /** Adds to a window at its lower end. */
  async showLater(): Promise<void> {
    const { view, window, sizes } = this.state.value;
    if (!window || streamsOf(view).every((stream) => window.next[stream] >= sizes[stream])) return;
    await this.#load.run(async (signal) => {
      const where = { from: positionIn(view, window.next) };
      const page = firstLines(await this.#read(where, STEP_BYTES, signal), STEP_LINES);
      this.#terminal.hold();
      await this.#write(page.pieces, signal);
      this.#screen.change({ window: { ...window, next: page.next } });
    });
  }

  #showWindow(where: Where, select: boolean): Promise<void> {
    return this.#load.run(async (signal) => {
      const page = await this.#read(where, STEP_BYTES, signal);
      const below = firstLines(page, STEP_LINES);
      const above = lastLines(await this.#readBefore(page, signal), STEP_LINES);
      this.#live.setAside();
      this.#clear(above.from, { from: above.from, next: below.next });
      await this.#write(above.pieces, signal);
      const mark = this.#terminal.mark();
      await this.#write(below.pieces, signal);
      this.#terminal.scrollToMark(mark, select);
      this.#screen.change({ following: false });
    });
  }

  #clear(start: Place, window: OutputState['window']): void {
    this.#screen.clear(start, window);
    const isUncounted = this.lines.distanceTo(start) > FAR_BYTES;
    this.#screen.change({ firstLines: NOT_COUNTED, isUncounted });
    if (!isUncounted) this.countLines();
  }

  /** From the start of the output to that of the screen: lines get their numbers. */
  countLines(): void {
    this.#counting.abort();
    const { signal } = (this.#counting = new AbortController());
    this.#screen.change({ isUncounted: false });
    this.lines.linesAt(this.state.value.start, signal).then(
      (firstLines) => signal.aborted || this.#screen.change({ firstLines }),
      () => {}, // lines without numbers are still lines
    );
  }

  async #readBefore({ from, size }: Page, signal: AbortSignal): Promise<Page> {
    if (from.stdout + from.stderr === 0) return { pieces: [], from, next: from, size };
    const before = positionIn(this.state.value.view, from);
    return this.#read({ before }, STEP_BYTES, signal);
  }

  async #read(where: Where, max: number, signal: AbortSignal): Promise<Page> {
    const page = await readPage(this.#id, this.state.value.view, where, max, signal);
    signal.throwIfAborted();
    this.#screen.grow(page.size);
    return page;
  }

  /** Live: it moves the end of what is shown. */
  async #append(piece: Piece): Promise<void> {
    if (!streamsOf(this.state.value.view).includes(piece.stream)) return;
    this.#appending = true;
    if (!this.state.value.following) this.#terminal.hold();
    await this.#screen.write([piece]);
    if (this.state.value.following) this.#terminal.scrollToEnd();
    this.#appending = false;
  }

  async #write(pieces: readonly Piece[], signal: AbortSignal): Promise<void> {
    await this.#screen.write(pieces);
    signal.throwIfAborted();
  }

  #scrolled(): void {
    const { loading, window, following, earlier } = this.state.value;
    if (loading) return;
    const { atEnd, atStart } = this.#terminal;
    // While something is written the end moves by itself: that is nobody's wish to follow it.
    if (!window && following !== atEnd && !(atEnd && this.#appending)) {
      this.#screen.change({ following: atEnd });
    }
    if (atStart && earlier) void this.showEarlier();
    else if (atEnd && window) void this.showLater();
  }
}

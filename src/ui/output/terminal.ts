/** The terminal emulator, loaded when the first job is opened. It shows; nothing is typed into it. */
import { FitAddon } from '@xterm/addon-fit';
import { type IMarker, Terminal } from '@xterm/xterm';
import { forTerminal } from '../kit/format.ts';
import { makeDocumentStrict } from './strict-document.ts';
import { TERMINAL_COLOURS } from './terminal-colours.ts';
import type { Theme } from '../frame/theme.ts';

export type Mark = IMarker;

/** Rows kept; what is older is read again from the server. */
const SCROLLBACK = 12_000;
const FONT = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace';

export class TerminalView {
  readonly #terminal: Terminal;
  readonly #container: HTMLElement;
  readonly #resize: ResizeObserver;
  #scrolled = (): void => {};

  constructor(container: HTMLElement, theme: Theme) {
    this.#container = container;
    this.#terminal = createTerminal(theme);
    const fit = new FitAddon();
    this.#terminal.loadAddon(fit);
    this.#terminal.open(container);
    fit.fit();
    this.#resize = new ResizeObserver(() => fit.fit());
    this.#resize.observe(container);
    this.#terminal.attachCustomKeyEventHandler((event) => this.#scrollByKey(event));
  }

  /** Resolves when it has been taken in: whoever waits cannot run ahead of the screen. */
  write(text: string): Promise<void> {
    return new Promise((resolve) => this.#terminal.write(forTerminal(text), resolve));
  }

  clear(): void {
    this.#terminal.reset();
  }

  /** Of the row being written; none while a job uses the alternate screen. */
  mark(): Mark | undefined {
    return this.#terminal.registerMarker(0);
  }

  /** Rows that can be seen now and hold something. */
  inSight(): { first: number; rows: number } {
    const { viewportY: first } = this.#terminal.buffer.active;
    return { first, rows: Math.min(this.#terminal.rows, this.lines - first) };
  }

  /** The row goes on with the line of the one before. */
  isWrapped(row: number): boolean {
    return this.#terminal.buffer.active.getLine(row)?.isWrapped ?? false;
  }

  /** Height of a row, in pixels. */
  get rowHeight(): number {
    const screen = this.#terminal.element?.querySelector('.xterm-screen');
    return (screen?.clientHeight ?? 0) / this.#terminal.rows;
  }

  /** Whenever what can be seen has changed. Returns the function that ends it. */
  onDrawn(listener: () => void): () => void {
    const drawn = this.#terminal.onRender(listener);
    return () => drawn.dispose();
  }

  get atEnd(): boolean {
    const { viewportY, baseY } = this.#terminal.buffer.active;
    return viewportY >= baseY;
  }

  get atStart(): boolean {
    return this.#terminal.buffer.active.viewportY === 0;
  }

  /** Rows that hold something. */
  get lines(): number {
    const { baseY, cursorY, cursorX } = this.#terminal.buffer.active;
    return baseY + cursorY + (cursorX > 0 ? 1 : 0);
  }

  /** All that is kept, as text. */
  text(): string {
    const { active } = this.#terminal.buffer;
    let text = '';
    for (let row = 0; row < this.lines; row += 1) {
      const line = active.getLine(row);
      if (row > 0 && !line?.isWrapped) text += '\n';
      text += line?.translateToString(!active.getLine(row + 1)?.isWrapped) ?? '';
    }
    return text;
  }

  scrollToStart(): void {
    this.#terminal.scrollToTop();
  }

  scrollToEnd(): void {
    this.#terminal.scrollToBottom();
  }

  /** From here on, what comes does not move what is shown. */
  hold(): void {
    if (this.atEnd) this.#terminal.scrollLines(-1);
  }

  /** @param select shows the row as found */
  scrollToMark(mark: Mark | undefined, select: boolean): void {
    if (!mark) return;
    const { line } = mark;
    const { rows } = this.#terminal;
    this.#terminal.scrollToLine(Math.max(0, line - (select ? Math.floor(rows / 3) : 0)));
    if (select) this.#terminal.selectLines(line, line);
  }

  /** Also when somebody tries to scroll past an end. */
  onScroll(listener: () => void): void {
    this.#scrolled = listener;
    this.#terminal.onScroll(listener);
    this.#terminal.element?.addEventListener('wheel', () => requestAnimationFrame(listener), {
      passive: true,
    });
  }

  /** Else a line may be so much wider than the page, which is then moved sideways. */
  setWrapping(wraps: boolean): void {
    this.#container.classList.toggle('is-wide', !wraps);
  }

  setTheme(theme: Theme): void {
    this.#terminal.options.theme = TERMINAL_COLOURS[theme];
  }

  setScreenReader(on: boolean): void {
    this.#terminal.options.screenReaderMode = on;
  }

  dispose(): void {
    this.#resize.disconnect();
    this.#terminal.dispose();
  }

  /** False: the emulator does nothing with the key itself, so Tab and letters go to the page. */
  #scrollByKey(event: KeyboardEvent): boolean {
    const copies = (event.ctrlKey || event.metaKey) && event.key === 'c';
    if (event.type !== 'keydown' || copies) return copies;
    const { rows } = this.#terminal;
    const lines = { ArrowUp: -1, ArrowDown: 1, PageUp: 1 - rows, PageDown: rows - 1 }[event.key];
    if (lines !== undefined) this.#terminal.scrollLines(lines);
    else if (event.key === 'Home') this.scrollToStart();
    else if (event.key === 'End') this.scrollToEnd();
    else return false;
    event.preventDefault();
    this.#scrolled();
    return false;
  }
}

function createTerminal(theme: Theme): Terminal {
  makeDocumentStrict();
  Terminal.strings.promptLabel = 'Output of the job. Arrow keys scroll.';
  return new Terminal({
    disableStdin: true,
    convertEol: true,
    cursorStyle: 'bar',
    cursorInactiveStyle: 'none',
    scrollback: SCROLLBACK,
    fontFamily: FONT,
    fontSize: 13,
    minimumContrastRatio: 4.5,
    theme: TERMINAL_COLOURS[theme],
    linkHandler: { activate: (_event, address) => openLink(address) },
  });
}

/** Links in output are the job's words: the real address is shown before anything is opened. */
function openLink(address: string): void {
  if (!/^https?:\/\//i.test(address)) return;
  // oxlint-disable-next-line no-alert -- a dialog that no page content can imitate
  const agreed = confirm(`The job's output links to\n\n${address}\n\nOpen it?`);
  if (agreed) open(address, '_blank', 'noopener,noreferrer');
}

/**
 * One line on standard error that says how a job is doing. It is drawn only where a terminal shows
 * it, while the job is silent and the cursor stands at the beginning of a line; it is gone before
 * the next byte of output.
 */
import type { JobView } from '../../contract/replies/one-job.ts';
import { every, type Recurring, UNTOLD } from '../../os/every.ts';
import { oneLine } from '../../output/terminal/one-line.ts';
import { formatSeconds } from '../terminal/duration.ts';
import { truncate } from '../terminal/table.ts';
import { styled } from '../terminal/terminal.ts';

const SILENCE_MS = 700;
const REDRAW_MS = 200;
const BAR_CELLS = 20;
const ERASE_LINE = '\r\x1b[K';
const NEWLINE = 10;

export class ProgressLine {
  readonly #stderr: NodeJS.WriteStream;
  readonly #look: () => string;
  readonly #draws: Recurring | null;
  #drawn = false;
  #note: string | null = null;
  #atLineStart = true;
  #lastOutput = Date.now();

  /** `look` is asked a few times a second while the line is visible. */
  constructor(stderr: NodeJS.WriteStream, enabled: boolean, look: () => string) {
    this.#stderr = stderr;
    this.#look = look;
    const draw = (): void => this.#draw();
    this.#draws = enabled ? every(REDRAW_MS, 'progress', draw, UNTOLD) : null;
  }

  /** To be called before output is written. `visible`: it goes to a terminal. */
  giveWay(bytes: Uint8Array, visible: boolean): void {
    this.#erase();
    this.#lastOutput = Date.now();
    if (visible && bytes.length > 0) this.#atLineStart = bytes.at(-1) === NEWLINE;
  }

  /** From now on this is said instead. */
  say(note: string): void {
    this.#note = note;
  }

  /** What brings the cursor to the beginning of a line, where it does not stand. */
  freshLine(): string {
    return this.#atLineStart ? '' : '\n';
  }

  stop(): void {
    this.#draws?.stop();
    this.#erase();
  }

  #draw(): void {
    if (!this.#atLineStart || Date.now() - this.#lastOutput < SILENCE_MS) return;
    const width = (this.#stderr.columns || 80) - 1;
    const line = truncate(this.#note ?? this.#look(), width);
    this.#stderr.write(ERASE_LINE + styled(this.#stderr, 'dim', line));
    this.#drawn = true;
  }

  #erase(): void {
    if (this.#drawn) this.#stderr.write(ERASE_LINE);
    this.#drawn = false;
  }
}

/** The same, and where a job says nothing of the kind, how long its script ran before. */
export function describeRun(view: JobView, usual: number | null): string {
  const said = describeProgress(view);
  const isKnown = usual !== null && view.phase === 'running' && !view.progress;
  return isKnown ? `${said} · usually ${formatSeconds(usual)}` : said;
}

/** "running 12 s · ███████░░░░░ 45% · 9/20 · 3.0 s left · downloading" */
export function describeProgress(view: JobView, now: number = Date.now()): string {
  const since = now - Date.parse(view.created_at);
  switch (view.phase) {
    case 'queued':
      return `waiting ${formatSeconds(since / 1000)} for ${view.waits_for ?? 'a free place'}`;
    case 'preparing':
      return `preparing the environment ${formatSeconds(since / 1000)}`;
    case 'running':
    case 'ended':
      return [`${view.phase} ${formatSeconds(view.elapsed_seconds)}`, ...progressOf(view)].join(
        ' · ',
      );
  }
}

function progressOf({ progress }: JobView): string[] {
  if (!progress) return [];
  const { percent, current, total, eta_seconds: eta, source } = progress;
  const message = oneLine(progress.message ?? '');
  const isTold = current === null || total === null || source === 'benchmark';
  const count = isTold ? '' : `${current}/${total}`;
  return [
    percent === null ? '' : `${bar(percent)} ${Math.floor(percent)}%`,
    message.includes(count) ? '' : count,
    eta === null ? '' : `${formatSeconds(eta)} left`,
    message,
  ].filter((part) => part !== '');
}

function bar(percent: number): string {
  const filled = Math.round((Math.min(100, Math.max(0, percent)) / 100) * BAR_CELLS);
  return '█'.repeat(filled) + '░'.repeat(BAR_CELLS - filled);
}

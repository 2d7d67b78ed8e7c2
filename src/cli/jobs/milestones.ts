/** What of a running job is worth a line: each tenth of the way, the first error, a stall. */
import { oneLine } from '../../output/terminal/one-line.ts';
import { formatSeconds } from '../terminal/duration.ts';

export interface Pace {
  /** Between two lines at least. */
  everyMs: number;
  /** Without output for so long it may hang. */
  stallMs: number;
}

/** How a line begins or goes on that tells of an error, in most programs. */
const ERROR = /\b(?:[A-Za-z]*Error|[A-Za-z]*Exception|Traceback|FATAL|CRITICAL)\b|\berror:/;
const LINE_CHARACTERS = 200;
const LONGEST_OPEN_LINE = 4_096;

/** Times are given in, so that nothing has to be waited for. */
export class Milestones {
  readonly #pace: Pace;
  #saidAt = -Infinity;
  #printedAt: number;
  #openLine = '';
  #tenth = 0;
  #isErrorSeen = false;
  #isStalled = false;
  /** Waiting for its time, the most important first. */
  #error: string | null = null;
  #stall: string | null = null;
  #progress: string | null = null;

  constructor(pace: Pace, now: number) {
    this.#pace = pace;
    this.#printedAt = now;
  }

  /** What the job has printed since, cleaned. */
  printed(text: string, now: number): void {
    this.#printedAt = now;
    this.#isStalled = false;
    this.#stall = null;
    const lines = (this.#openLine + text).split('\n');
    this.#openLine = (lines.pop() ?? '').slice(-LONGEST_OPEN_LINE);
    const error = this.#isErrorSeen ? undefined : lines.find((line) => ERROR.test(line));
    if (error === undefined) return;
    this.#isErrorSeen = true;
    this.#error = oneLine(error).slice(0, LINE_CHARACTERS);
  }

  /** @param description how far it is, in words */
  reached(percent: number, description: string): void {
    const tenth = Math.floor(percent / 10);
    if (tenth <= this.#tenth) return;
    this.#tenth = tenth;
    this.#progress = description;
  }

  /** The line that is due; null when there is none, or the last one was just now. */
  due(now: number): string | null {
    this.#noticeStall(now);
    if (now - this.#saidAt < this.#pace.everyMs) return null;
    const line = this.#error ?? this.#stall ?? this.#progress;
    if (line === null) return null;
    if (this.#error !== null) this.#error = null;
    else if (this.#stall !== null) this.#stall = null;
    else this.#progress = null;
    this.#saidAt = now;
    return line;
  }

  #noticeStall(now: number): void {
    if (this.#isStalled || now - this.#printedAt < this.#pace.stallMs) return;
    this.#isStalled = true;
    this.#stall = `no output for ${formatSeconds((now - this.#printedAt) / 1000)}`;
  }
}

/**
 * The tail of a stream as the lines that were drawn, in order, each with the row it was drawn on. A bar
 * is drawn many times on one row; bars in bars go up and down between theirs, and that tells which of
 * them is the outer one. Rows are relative: the first row of the tail is 0.
 */
import { type Drawing, drawTerminalText } from '../terminal/terminal-parser.ts';
import { withoutInvisible } from '../terminal/clean-text.ts';

export interface DrawnLine {
  /** Ends with a newline, except for a last line that may still be continued. */
  text: string;
  row: number;
}

export interface DrawnTail {
  lines: DrawnLine[];
  /** First of the rows that are being redrawn together; null when there is at most one. */
  top: number | null;
}

/** A bar is never longer than this. */
const LONGEST_LINE = 600;

/** `isEnd`: nothing will follow, so that the last line is whole. */
export function drawnLines(tail: string, isEnd: boolean): DrawnTail {
  const recorder = new LineRecorder();
  drawTerminalText(withoutInvisible(tail), recorder);
  return recorder.finish(isEnd);
}

class LineRecorder implements Drawing {
  private readonly lines: DrawnLine[] = [];
  private text = '';
  private row = 0;
  /** The row from which the cursor is going up, until it draws again. */
  private climbingFrom: number | null = null;
  private block: { top: number; bottom: number } | null = null;

  write(text: string): void {
    this.arrive();
    this.text += text;
  }

  tab(): void {
    this.write(' ');
  }

  newline(): void {
    this.endLine();
    this.arrive();
    this.row += 1;
  }

  moveBy(down: number, right: number): void {
    if (down === 0 && right > 0) {
      this.write(' ');
      return;
    }
    this.endLine();
    if (down < 0) this.climbingFrom ??= this.row;
    this.row += down;
  }

  moveTo(row: number | null): void {
    this.endLine();
    this.row = row ?? this.row;
  }

  eraseLine(): void {
    this.endLine();
  }

  eraseScreen(): void {
    this.endLine();
  }

  finish(isEnd: boolean): DrawnTail {
    if (isEnd) this.endLine();
    else this.push(this.text);
    if (this.block === null || this.row <= this.block.top) this.arrive();
    return { lines: this.lines, top: this.liveTop() };
  }

  /** Once something was drawn below the rows that were redrawn together, they are history. */
  private liveTop(): number | null {
    const newest = this.lines.at(-1);
    return this.block && newest && newest.row <= this.block.bottom ? this.block.top : null;
  }

  private endLine(): void {
    if (this.text) this.push(`${this.text}\n`);
    this.text = '';
  }

  private push(text: string): void {
    if (text.length <= LONGEST_LINE && /\S/.test(text)) this.lines.push({ text, row: this.row });
  }

  private arrive(): void {
    if (this.climbingFrom === null) return;
    const known = this.block?.top === this.row ? this.block.bottom : this.row;
    this.block = { top: this.row, bottom: Math.max(known, this.climbingFrom) };
    this.climbingFrom = null;
  }
}

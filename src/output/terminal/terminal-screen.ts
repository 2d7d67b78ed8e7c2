/**
 * The screen that a terminal would show, as tall and as wide as the text needs. A row stays a plain
 * string while it is only appended to and becomes cells (once) when the cursor moves inside it, so
 * ordinary text costs next to nothing and hostile text stays linear.
 */
import type { Drawing } from './terminal-parser.ts';
import {
  appendTab,
  BLANK,
  blankGroup,
  type Cells,
  cellsOf,
  draw,
  nextTabStop,
  textOf,
} from './terminal-row.ts';

export class Screen implements Drawing {
  private readonly rows: (string | Cells)[] = [''];
  private row = 0;
  /** Null: at the end of a row that is still a string. */
  private column: number | null = null;
  /** Blanks and rows that may still be made up by cursor movements. */
  private padding: number;
  private erasedAbove = false;

  /** `padding` bounds the cells that are not in the text itself, and with them size and time. */
  constructor(padding: number) {
    this.padding = padding;
  }

  write(text: string): void {
    if (this.isAppending()) {
      this.append(text);
      return;
    }
    const cells = this.cells();
    let column = this.reach(cells);
    for (const character of text) column = draw(cells, column, character);
    this.column = column;
  }

  tab(): void {
    if (this.isAppending()) {
      this.append('\t');
      return;
    }
    const cells = this.cells();
    const column = this.reach(cells);
    this.column = nextTabStop(column);
    if (column === cells.length) appendTab(cells);
  }

  newline(): void {
    this.row += 1;
    this.column = 0;
    if (this.row === this.rows.length) this.rows.push('');
  }

  moveBy(down: number, right: number): void {
    this.moveTo(this.row + down, this.place() + right);
  }

  /** Nothing lies before the first row and column. */
  moveTo(row: number | null, column: number): void {
    if (row !== null) {
      while (this.rows.length <= row && this.spend(1)) this.rows.push('');
      this.row = Math.min(Math.max(0, row), this.rows.length - 1);
    }
    this.column = Math.max(0, column);
  }

  eraseLine(part: number): void {
    if (part === 0) this.eraseRight();
    else if (part === 1) this.eraseLeft();
    else if (part === 2) this.eraseRow();
  }

  eraseScreen(part: number): void {
    if (part === 1 || part === 2) this.eraseAbove();
    if (part === 2) this.eraseRow();
    else this.eraseLine(part);
    if ((part === 0 || part === 2) && this.rows.length > this.row + 1) {
      this.rows.length = this.row + 1;
    }
  }

  /** Redrawn rows come without trailing blanks; empty rows that erasing left at the edges go. */
  text(): string {
    const lines = this.rows.map((row) => (typeof row === 'string' ? row : textOf(row)));
    while (lines.length - 1 > this.row && lines.at(-1) === '') lines.pop();
    if (!this.erasedAbove) return lines.join('\n');
    const first = lines.findIndex((line) => line !== '');
    return lines.slice(Math.max(0, first)).join('\n');
  }

  private eraseRight(): void {
    if (this.isAppending()) return;
    const column = this.place();
    const cells = this.cells();
    if (column >= cells.length) return;
    blankGroup(cells, column);
    cells.length = column;
  }

  private eraseLeft(): void {
    if (this.rows[this.row] === '') return;
    const column = this.place();
    const cells = this.cells();
    const end = Math.min(column + 1, cells.length);
    if (!this.spend(end)) return;
    blankGroup(cells, end);
    cells.fill(BLANK, 0, end);
  }

  private eraseRow(): void {
    this.column = this.place();
    this.rows[this.row] = '';
  }

  private eraseAbove(): void {
    this.erasedAbove = true;
    if (this.spend(this.row)) this.rows.fill('', 0, this.row);
  }

  private isAppending(): boolean {
    return this.column === null || (this.column === 0 && this.rows[this.row] === '');
  }

  private append(text: string): void {
    this.rows[this.row] += text;
    this.column = null;
  }

  private cells(): Cells {
    const row = this.rows[this.row] ?? '';
    if (typeof row !== 'string') return row;
    const cells = cellsOf(row);
    this.rows[this.row] = cells;
    this.column ??= cells.length;
    return cells;
  }

  /** The column as a number: counts the cells of the row when that was not needed before. */
  private place(): number {
    return this.column ?? this.cells().length;
  }

  /** Fills the row with blanks up to the column, as far as the padding allows. */
  private reach(cells: Cells): number {
    const column = this.place();
    const missing = column - cells.length;
    if (missing <= 0) return column;
    if (!this.spend(missing)) return cells.length;
    while (cells.length < column) cells.push(BLANK);
    return column;
  }

  private spend(amount: number): boolean {
    if (amount > this.padding) return false;
    this.padding -= amount;
    return true;
  }
}

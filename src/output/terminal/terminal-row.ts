/**
 * One row of a screen as cells: one string per cell. A wide character or a tab is a group, its text
 * in the first cell and empty strings in the others; drawing into a group turns the rest to blanks.
 */
import { cellWidth } from './cell-width.ts';

export type Cells = string[];

export const BLANK = ' ';
const FILLER = '';
const TAB_WIDTH = 8;
const ONLY_NARROW = /^[ -~]*$/;

/** A row of printable characters and tabs. */
export function cellsOf(text: string): Cells {
  if (ONLY_NARROW.test(text)) return text.split('');
  const cells: Cells = [];
  for (const character of text) {
    if (character === '\t') appendTab(cells);
    else draw(cells, cells.length, character);
  }
  return cells;
}

/** Draws at a column not beyond the end and returns the column after it. */
export function draw(cells: Cells, column: number, character: string): number {
  const width = cellWidth(character);
  if (width === 0 && column > 0) {
    cells[groupStart(cells, column - 1)] += character;
    return column;
  }
  const end = column + Math.max(1, width);
  blankGroup(cells, column);
  blankGroup(cells, end);
  cells[column] = character;
  if (width === 2) cells[column + 1] = FILLER;
  return end;
}

export function appendTab(cells: Cells): void {
  const stop = nextTabStop(cells.length);
  cells.push('\t');
  while (cells.length < stop) cells.push(FILLER);
}

export function nextTabStop(column: number): number {
  return column + TAB_WIDTH - (column % TAB_WIDTH);
}

/** Before a cut between `column - 1` and `column`: a group across the cut becomes blanks. */
export function blankGroup(cells: Cells, column: number): void {
  if (cells[column] !== FILLER) return;
  cells[groupStart(cells, column)] = BLANK;
  for (let next = column; cells[next] === FILLER; next += 1) cells[next] = BLANK;
  for (let before = column - 1; cells[before] === FILLER; before -= 1) cells[before] = BLANK;
}

/** The text of a redrawn row, without the blanks that redrawing left at its end. */
export function textOf(cells: Cells): string {
  let end = cells.length;
  while (end > 0 && cells[end - 1] === BLANK) end -= 1;
  return end === 0 ? '' : cells.slice(0, end).join('');
}

function groupStart(cells: Cells, column: number): number {
  let start = column;
  while (cells[start] === FILLER && start > 0) start -= 1;
  return start;
}

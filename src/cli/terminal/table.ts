/** Columns of text, aligned by the cells they take on a terminal. */
import { stripVTControlCharacters } from 'node:util';
import { cellWidth } from '../../output/terminal/cell-width.ts';

const GAP = '  ';

type Rows = readonly (readonly string[])[];

/** Cells may be coloured. The last column is not padded: no line ends in blanks. */
export function formatTable(rows: Rows): string {
  const widths = widthsOf(rows);
  const lines = rows.map((row) =>
    row
      .map((cell, at) => padTo(cell, widths[at] ?? 0))
      .join(GAP)
      .trimEnd(),
  );
  return lines.join('\n');
}

/** No column that is cut becomes narrower. */
const NARROWEST = 8;

/**
 * The same in lines of at most `width` cells: the columns `flexible`, of plain text, share what the
 * others leave and are cut to their share.
 */
export function fitTable(rows: Rows, width: number, flexible: readonly number[]): string {
  const widths = widthsOf(rows);
  const needs = flexible.map((at) => widths[at] ?? 0);
  const gaps = GAP.length * (widths.length - 1);
  const shares = sharesOf(needs, width - gaps - sumOf(widths) + sumOf(needs));
  const limits = new Map(flexible.map((column, at) => [column, shares[at] ?? 0]));
  return formatTable(
    rows.map((row) => row.map((cell, at) => truncate(cell, limits.get(at) ?? Infinity))),
  );
}

/** Who needs less than an even share leaves the rest to the others. */
function sharesOf(needs: readonly number[], room: number): number[] {
  const shares = needs.map(() => 0);
  const order = needs.map((_, at) => at).toSorted((a, b) => (needs[a] ?? 0) - (needs[b] ?? 0));
  let left = room;
  order.forEach((at, done) => {
    const even = Math.max(NARROWEST, Math.floor(left / (order.length - done)));
    shares[at] = Math.min(needs[at] ?? 0, even);
    left -= shares[at];
  });
  return shares;
}

function widthsOf(rows: Rows): number[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, textWidth(cell))));
  }
  return widths;
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

export function textWidth(text: string): number {
  let width = 0;
  for (const character of stripVTControlCharacters(text)) width += cellWidth(character);
  return width;
}

/** Plain text cut to `width` cells, with an ellipsis when something is missing. */
export function truncate(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let kept = '';
  let used = 1;
  for (const character of text) {
    used += cellWidth(character);
    if (used > width) break;
    kept += character;
  }
  return `${kept}…`;
}

function padTo(text: string, width: number): string {
  return text + ' '.repeat(width - textWidth(text));
}

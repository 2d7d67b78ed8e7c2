/** Columns of text, aligned by the cells they take on a terminal. */
import { stripVTControlCharacters } from 'node:util';
import { cellWidth } from '../../output/terminal/cell-width.ts';

const GAP = '  ';

/** Cells may be coloured. The last column is not padded: no line ends in blanks. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, textWidth(cell))));
  }
  const lines = rows.map((row) =>
    row
      .map((cell, at) => padTo(cell, widths[at] ?? 0))
      .join(GAP)
      .trimEnd(),
  );
  return lines.join('\n');
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

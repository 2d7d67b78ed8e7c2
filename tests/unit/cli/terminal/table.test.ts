import { expect, it } from 'vitest';
import { fitTable, formatTable, textWidth, truncate } from '../../../../src/cli/terminal/table.ts';

it('aligns by cells, not by characters, and ends no line in blanks', () => {
  const rows = [
    ['a', 'long', 'x'],
    ['日本', '\x1b[31mred\x1b[39m', ''],
    ['e\u0301', '', 'z'],
  ];
  expect(formatTable(rows)).toBe('a     long  x\n日本  \x1b[31mred\x1b[39m\ne\u0301           z');
});

it('cuts to a width', () => {
  expect(truncate('short', 5)).toBe('short');
  expect(truncate('longer', 5)).toBe('long…');
  expect(truncate('日本語', 4)).toBe('日…');
  expect(textWidth(truncate('日本語です', 6))).toBeLessThanOrEqual(6);
});

it('fits a width by cutting the columns that may be cut, each as little as it can be', () => {
  const row = ['id', 'a label of its own', 'what went wrong, at length'];
  expect(fitTable([row], 80, [1, 2])).toBe(row.join('  '));
  expect(fitTable([row], 40, [1, 2])).toBe('id  a label of its o…  what went wrong,…');
  expect(fitTable([['id', 'short', row[2] as string]], 30, [1, 2])).toBe(
    'id  short  what went wrong, a…',
  );
  expect(fitTable([row], 10, [1, 2])).toBe('id  a label…  what we…');
});

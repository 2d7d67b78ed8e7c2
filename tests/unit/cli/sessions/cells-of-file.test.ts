/** The cells of a file. */
import { expect, test } from 'vitest';
import { cellsOfCode } from '../../../../src/cli/sessions/cells-of-file.ts';

test('lines with %% part cells, with words behind them or none; empty ones are no cells', () => {
  const code = 'import os\n\n# %% load\nx = 1\n\n#%%\n\n# %%\nprint(x)\n';
  expect(cellsOfCode(code)).toEqual(['import os', 'x = 1', 'print(x)']);
  expect(cellsOfCode('s = "# %% no border"\n')).toEqual(['s = "# %% no border"']);
});

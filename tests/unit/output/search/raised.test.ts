import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { raisedIn } from '../../../../src/output/search/raised.ts';
const PYTHON = 'python3';

/** What Python itself prints. */
function stderrOf(code: string): string {
  return spawnSync(PYTHON, ['-c', code], { encoding: 'utf8' }).stderr;
}

test.each([
  ['x = {}\nx["a"]', { what: "KeyError: 'a'", file: '<string>', line: 2 }],
  ['raise ValueError("one\\ntwo")', { what: 'ValueError: one', file: '<string>', line: 1 }],
  ['raise SystemError', { what: 'SystemError', file: '<string>', line: 1 }],
  ['print(1\n', { what: "SyntaxError: '(' was never closed", file: '<string>', line: 1 }],
  [
    'try:\n  1/0\nexcept Exception as e:\n  raise RuntimeError("no") from e',
    { what: 'RuntimeError: no', file: '<string>', line: 4 },
  ],
  [
    'import json\njson.loads("{")',
    { what: expect.stringMatching(/^json.decoder.JSONDecodeError: /), file: '<string>', line: 2 },
  ],
  [
    'raise ExceptionGroup("many", [ValueError(1), TypeError(2)])',
    {
      what: 'ExceptionGroup: many (2 sub-exceptions), first ValueError: 1',
      file: '<string>',
      line: 1,
    },
  ],
])('%j', (code, raised) => expect(raisedIn(stderrOf(code))).toEqual(raised));

test.each(['', 'a warning\n', 'ERROR: no such file\n'])('%j raised nothing', (text) =>
  expect(raisedIn(text)).toBeNull(),
);

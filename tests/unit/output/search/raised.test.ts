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
    'import sys\nsys.stderr.write("\\r 50%|##  | 1/2")\nraise ValueError("behind a bar")',
    { what: 'ValueError: behind a bar', file: '<string>', line: 3 },
  ],
  [
    'try:\n  1/0\nexcept Exception as e:\n  raise RuntimeError("no") from e',
    {
      what: 'RuntimeError: no',
      file: '<string>',
      line: 4,
      first: { what: 'ZeroDivisionError: division by zero', file: '<string>', line: 2 },
    },
  ],
  [
    'try:\n  try:\n    {}["a"]\n  except KeyError as e:\n    raise ValueError("b") from e\nexcept ValueError:\n  raise OSError("c")',
    {
      what: 'OSError: c',
      file: '<string>',
      line: 7,
      first: { what: "KeyError: 'a'", file: '<string>', line: 3 },
    },
  ],
  // Two that have nothing to do with each other.
  [
    'import traceback\ntry: 1/0\nexcept Exception: traceback.print_exc()\n[][0]',
    { what: 'IndexError: list index out of range', file: '<string>', line: 4 },
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

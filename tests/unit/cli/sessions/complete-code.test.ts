/** What is a whole cell at the prompt, and what may go on. */
import { expect, test } from 'vitest';
import { isWhole } from '../../../../src/cli/sessions/complete-code.ts';

test.each([
  ['1 + 1'],
  ['x = {"a": 1}'],
  ['f = lambda x: x'],
  ['s = "it\'s # not a comment"'],
  ['print(")")'],
  ['"""one line"""'],
  ['# a comment:'],
  ['x = "unfinished'],
  ['for x in y: print(x)'],
  ['def f():\n    return 1\n'],
  ['if x:\n    y\nelse:\n    z\n'],
  [''],
])('%j is whole', (code) => {
  expect(isWhole(code.split('\n'))).toBe(true);
});

test.each([
  ['def f():'],
  ['def f():  # why'],
  ['def f():\n    return 1'],
  ['@cached'],
  ['@cached\ndef f(): return 1'],
  ['x = ['],
  ['f(1,\n'],
  ['x = """\n'],
  ["x = '''it's"],
  ['x = 1 + \\'],
])('%j may go on', (code) => {
  expect(isWhole(code.split('\n'))).toBe(false);
});

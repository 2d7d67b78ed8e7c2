import { describe, expect, test } from 'vitest';
import { scanImports } from '../../../../src/python/imports/import-scan.ts';
import { processorRatio } from '../../../support/processor-time.ts';

function scan(...lines: string[]): string[] | null {
  const names = scanImports(lines.join('\n'));
  return names && [...names].sort();
}

describe('a look at the imports', () => {
  test.each([
    ['import os', ['os']],
    ['import os, sys as s , json.decoder', ['json', 'os', 'sys']],
    ['import a;import b; x = 1', ['a', 'b']],
    ['if x: import a', ['a']],
    ['try: import a  # why', ['a']],
    ['from a.b import c, d', ['a']],
    ['from a . b import c', ['a']],
    ['from a import (', ['a']],
    ['from a import*', ['a']],
    ['from . import sibling', []],
    ['from .a import b', []],
    ['from.a import b', []],
    ['from ... import b', []],
    ['\timport\ta', ['a']],
    ['important = 1; x.import_it()', []],
    ['raise X from error', []],
  ])('%s', (line, expected) => expect(scan(line)).toEqual(expected));

  test('does not run over line ends', () => {
    expect(scan('# taken from time', 'import requests')).toEqual(['requests']);
    expect(scan('yield from os', 'import requests', 'import a\rimport b')).toEqual([
      'a',
      'b',
      'requests',
    ]);
  });

  test.each([
    ['import \\', 'a'],
    ['from a \\', '  import b'],
    ['from \\', 'a import b'],
    ['import modé'],
    [`import ${'a,'.repeat(2000)}b`],
  ])('leaves %j to Python', (...lines) => expect(scan(...lines)).toBeNull());

  test('takes time in proportion to the text', () => {
    const line = 'from from import import from '.repeat(60).concat('\n');
    const scanOf = (lines: number) => (): void => void scanImports(line.repeat(lines));
    expect(processorRatio(scanOf(2000), scanOf(500), 6)).toBeLessThan(8);
  });
});

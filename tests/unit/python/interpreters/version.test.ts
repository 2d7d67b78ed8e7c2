import { describe, expect, test } from 'vitest';
import {
  compareVersions,
  isSpecifier,
  isWithin,
  satisfies,
} from '../../../../src/python/interpreters/version.ts';

describe('versions', () => {
  test('sort by number, not by text', () => {
    const sorted = ['3.9.1', '3.10.0', '3.8', '3.10'].sort(compareVersions);
    expect(sorted[0]).toBe('3.8');
    expect(sorted[1]).toBe('3.9.1');
  });

  test('a minor version covers its patches only', () => {
    expect(isWithin('3.12.1', '3.12')).toBe(true);
    expect(isWithin('3.12.1', '3.1')).toBe(false);
    expect(isWithin('3.12.1', '3.12.1')).toBe(true);
  });
});

describe('requires-python', () => {
  test.each([
    ['3.11.7', '>=3.10', true],
    ['3.9.18', '>=3.10', false],
    ['3.11.7', '>=3.8,<3.12', true],
    ['3.12.0', '>=3.8, <3.12', false],
    ['3.11.7', '==3.11.*', true],
    ['3.12.0', '==3.11.*', false],
    ['3.12.0', '!=3.12.*', false],
    ['3.11.7', '~=3.10', true],
    ['4.0.0', '~=3.10', false],
    ['3.10.9', '~=3.10.2', true],
    ['3.11.0', '~=3.10.2', false],
    ['3.12.0', '>3.12', false],
    ['3.12.1', '>3.12', true],
    ['3.8.18', '', true],
  ])('%s and %s: %s', (version, specifier, expected) => {
    expect(satisfies(version, specifier)).toBe(expected);
  });

  test.each(['3.12', '>=3.x', '>=3.10.*', 'python>3', '>=3.10;x', '=>3'])(
    '%s is refused',
    (text) => {
      expect(isSpecifier(text)).toBe(false);
    },
  );
});

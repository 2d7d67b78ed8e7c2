import { describe, expect, test } from 'vitest';
import { nameOf, normaliseRequirements } from '../../../../src/python/requirements/requirements.ts';

function normalised(text: string): string {
  return normaliseRequirements([text], 'dependencies')[0]!;
}

describe('requirements by name', () => {
  test.each([
    ['requests', 'requests'],
    ['Foo.Bar_baz', 'foo-bar-baz'],
    ['  requests >= 2.31 , < 3 ', 'requests<3,>=2.31'],
    ['requests (>=2.31)', 'requests>=2.31'],
    ['uvicorn[standard, Extra_One]~=0.30', 'uvicorn[extra-one,standard]~=0.30'],
    ['numpy==1.26.*', 'numpy==1.26.*'],
    ['torch==2.4.0+cpu', 'torch==2.4.0+cpu'],
    ['a===weird-1!2', 'a===weird-1!2'],
    [
      'tomli ; python_version < "3.11" and (os_name == \'posix\' or "linux" in sys_platform)',
      'tomli ; python_version < "3.11" and (os_name == \'posix\' or "linux" in sys_platform)',
    ],
    ['x; platform_machine not in "arm64"', 'x ; platform_machine not in "arm64"'],
  ])('%s becomes %s', (text, expected) => {
    expect(normalised(text)).toBe(expected);
  });

  test('are sorted, and two spellings of one are one', () => {
    const texts = ['beta', 'Alpha_One', 'alpha-one'];
    expect(normaliseRequirements(texts, 'dependencies')).toEqual(['alpha-one', 'beta']);
  });

  test.each([
    '',
    '   ',
    '--index-url=http://evil.example/simple',
    '-r /etc/passwd',
    '-e .',
    'git+file:///tmp/x',
    'git+https://example.com/x.git',
    'requests @ https://example.com/x.whl',
    'requests @ file:///tmp/x.whl',
    'https://example.com/x.whl',
    './local',
    '../up',
    '/abs/path',
    '~/x',
    'C:\\x',
    'x.whl/y',
    'a; touch x',
    'a; python_version < 3; rm',
    'a; os.system("x") == "1"',
    'a && b',
    'a b',
    'a $(id)',
    'a\n--index-url=http://x',
    'a\u0000b',
    'a>=',
    'a>=1,,<2',
    'a[',
    'a[x',
    'a==1 --hash=sha256:00',
    `a${'a'.repeat(600)}`,
  ])('%j is refused, named, before anything starts', (text) => {
    expect(() => normalised(text)).toThrow(/^dependencies: .*requests>=2\.31,<3/s);
  });

  test('too many are refused', () => {
    const many = Array.from({ length: 201 }, (_, index) => `p${index}`);
    expect(() => normaliseRequirements(many, 'dependencies')).toThrow('too many');
  });

  test('know their distribution', () => {
    expect(nameOf('foo-bar[x]>=1')).toBe('foo-bar');
  });
});

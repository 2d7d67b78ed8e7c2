import { describe, expect, test } from 'vitest';
import { parseInlineMetadata } from '../../../../src/python/requirements/inline-metadata.ts';

function block(...lines: string[]): string {
  return ['# /// script', ...lines.map((line) => `# ${line}`.trimEnd()), '# ///', 'print(1)'].join(
    '\n',
  );
}

describe('inline metadata', () => {
  test('a script without a block has none', () => {
    expect(parseInlineMetadata('print("# /// script")\n')).toBeNull();
  });

  test('dependencies and requires-python are read', () => {
    const text = block('requires-python = ">=3.9"', 'dependencies = [', '  "B>=1",', '  "a",', ']');
    expect(parseInlineMetadata(text)).toMatchObject({
      dependencies: ['a', 'b>=1'],
      requiresPython: '>=3.9',
      notes: [],
    });
  });

  test('the block may come after other lines, with Windows line ends and blank comments', () => {
    const text = `#!/usr/bin/env python\n\n${block('', 'dependencies = ["a"]', '')}`;
    const found = parseInlineMetadata(text.replaceAll('\n', '\r\n'));
    expect(found?.dependencies).toEqual(['a']);
  });

  test('other kinds of blocks are left alone', () => {
    expect(parseInlineMetadata('# /// other\n# x = 1\n# ///\n')).toBeNull();
  });

  test('settings of uv without effect are said', () => {
    const found = parseInlineMetadata(block('[tool.uv]', 'exclude-newer = "2024-01-01"'));
    expect(found?.notes).toEqual([
      "tool.uv.exclude-newer of the script's metadata has no effect here.",
    ]);
  });

  test.each([
    ['an open block', '# /// script\n# dependencies = []\nprint(1)\n', 'not closed'],
    ['two blocks', `${block('dependencies = []')}\n${block('dependencies = []')}`, 'second block'],
    ['no TOML', block('dependencies = ['), 'script metadata'],
    ['no list', block('dependencies = "requests"'), 'list of strings'],
    ['a list of numbers', block('dependencies = [1]'), 'list of strings'],
    ['a bad version', block('requires-python = "three"'), '"three"'],
    ['an option as dependency', block('dependencies = ["-r /etc/passwd"]'), 'option of pip'],
  ])('%s is refused', (_what, text, problem) => {
    expect(() => parseInlineMetadata(text)).toThrow(problem);
  });
});

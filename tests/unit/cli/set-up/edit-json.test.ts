import { parse } from 'jsonc-parser';
import { describe, expect, test } from 'vitest';
import { clientConfig } from '../../../../src/cli/set-up/install-clients.ts';
import { mergeServer } from '../../../../src/cli/set-up/merge-config.ts';

const entry = { command: '/bin/node', args: ['/p/python-mcp.cjs'] };
const cursor = clientConfig('cursor', { HOME: '/h' });
const merge = (text: string): string => mergeServer(cursor, text, entry);

/** Files as clients and people write them. */
const FILES: Record<string, string> = {
  'of Claude Desktop': '{\n  "mcpServers": {\n    "fs": {\n      "command": "npx"\n    }\n  }\n}\n',
  'without a table': '{\n  "theme": "dark"\n}\n',
  'that is an empty object': '{}',
  'with an empty table': '{\n  "mcpServers": {}\n}\n',
  'with an empty table on lines': '{\n  "mcpServers": {\n  }\n}\n',
  'on one line': '{"mcpServers":{"a":{"command":"x"}},"z":[1,2]}',
  'with tabs': '{\n\t"mcpServers": {\n\t\t"a": {}\n\t}\n}\n',
  'with four blanks': '{\n    "mcpServers": {\n        "a": {}\n    }\n}\n',
  'of Windows': '{\r\n  "mcpServers": {\r\n    "a": {}\r\n  }\r\n}\r\n',
  'with a byte order mark': '\ufeff{\n  "mcpServers": {\n    "a": {}\n  }\n}\n',
  'with trailing commas': '{\n  "mcpServers": {\n    "a": { "command": "x", },\n  },\n}\n',
  'with comments': `// mine
{
  /* servers */
  "mcpServers": {
    // the first
    "a": { "command": "x" }, // why
    "b": {} // no comma, "quoted": {} /*
    // "off": {}
  }, // end
  "z": "// no comment"
}
// behind
`,
  'whose table is not the last': '{\n  "mcpServers": {\n    "a": {}\n  },\n  "z": 1\n}\n',
  'with strings that look like structure': '{\n  "a": "}{,\\"mcpServers\\": {",\n  "b": 1\n}\n',
  'with only a comment in the table': '{\n  "mcpServers": {\n    // none yet\n  }\n}\n',
  'that ends without a line end': '{\n  "mcpServers": {\n    "a": {}\n  }\n}',
};

describe.each(Object.entries(FILES))('a file %s', (_what, text) => {
  test('gets the entry, and means what it meant otherwise', () => {
    const [before, after] = [read(text), read(merge(text))];
    const { mcpServers } = after;
    expect(mcpServers).toEqual({ ...(before['mcpServers'] as object), 'python-mcp': entry });
    expect({ ...after, mcpServers: 0 }).toEqual({ ...before, mcpServers: 0 });
  });

  test('keeps every character but for a comma, in order', () => {
    const characters = Array.from(text.replaceAll(/\s/g, ''));
    let at = 0;
    for (const character of merge(text)) if (character === characters[at]) at += 1;
    expect(at).toBe(characters.length);
  });

  test('keeps line ends, the mark at its beginning and its end', () => {
    const after = merge(text);
    expect(after.startsWith('\ufeff')).toBe(text.startsWith('\ufeff'));
    expect(/(?<!\r)\n/.test(after) && text.includes('\r\n')).toBe(false);
    expect(after.endsWith('\n')).toBe(text.endsWith('\n'));
  });

  test('is done when it is done', () => {
    expect(merge(merge(text))).toBe(merge(text));
  });
});

test('the entry stands as its neighbours do', () => {
  expect(merge(FILES['with tabs'] ?? '')).toBe(
    '{\n\t"mcpServers": {\n\t\t"a": {},\n\t\t"python-mcp": {\n\t\t\t"command": "/bin/node",' +
      '\n\t\t\t"args": [\n\t\t\t\t"/p/python-mcp.cjs"\n\t\t\t]\n\t\t}\n\t}\n}\n',
  );
  expect(merge(FILES['on one line'] ?? '')).toBe(
    '{"mcpServers":{"a":{"command":"x"}, "python-mcp": ' +
      '{"command":"/bin/node","args":["/p/python-mcp.cjs"]}},"z":[1,2]}',
  );
});

test('comments stay behind what they are about', () => {
  const lines = merge(FILES['with comments'] ?? '').split('\n');
  expect(lines).toContain('    "a": { "command": "x" }, // why');
  expect(lines).toContain('    "b": {}, // no comma, "quoted": {} /*');
  expect(lines.indexOf('    // "off": {}')).toBe(lines.indexOf('    "python-mcp": {') - 1);
});

test('an older entry is replaced where it stands', () => {
  const text =
    '{\n  "mcpServers": {\n    "python-mcp": { "command": "old" }, // ours\n    "z": {}\n  }\n}';
  expect(Object.keys(read(merge(text))['mcpServers'] as object)).toEqual(['python-mcp', 'z']);
  expect(merge(text)).toContain('}, // ours\n    "z": {}');
  expect(merge(text)).not.toContain('old');
});

test('of two tables of one name the one that counts is changed', () => {
  const text = '{\n  "mcpServers": {},\n  "mcpServers": {\n    "a": {}\n  }\n}';
  expect(read(merge(text))['mcpServers']).toEqual({ a: {}, 'python-mcp': entry });
});

test('a file of nothing but a comment gets an object', () => {
  expect(read(merge('// nothing yet\n'))['mcpServers']).toEqual({ 'python-mcp': entry });
  expect(merge('// nothing yet\n')).toMatch(/^\/\/ nothing yet\n\{/);
});

test.each(['{"a": 1', '{"a" 1}', '[]', '"x"', '{} {}', '{"mcpServers": []}'])(
  '%s is left alone',
  (text) => {
    expect(() => merge(text)).toThrow('Nothing was changed');
  },
);

function read(text: string): Record<string, unknown> {
  return parse(text.replace(/^\ufeff/, '')) as Record<string, unknown>;
}

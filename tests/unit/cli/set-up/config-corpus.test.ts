import { describe, expect, test } from 'vitest';
import { clientConfig, CLIENTS } from '../../../../src/cli/set-up/install-clients.ts';
import { entryIn, mergeServer, removeServer } from '../../../../src/cli/set-up/merge-config.ts';
import { HOPELESS, JSON_FILES, TOML_FILES } from './config-corpus.ts';

const start = {
  command: '/h/.python_mcp/bin/python-mcp',
  args: [],
  env: { PYTHON_MCP_HOME: '/p' },
};
const later = { ...start, command: '/elsewhere/python-mcp' };
const configs = CLIENTS.map((client) => ({ client, config: clientConfig(client, { HOME: '/h' }) }));
const json = configs.filter(({ config }) => config.format === 'json');
const codex = clientConfig('codex', { HOME: '/h' });

/** The two texts differ in one place, by what `added` holds beside `removed`. */
function difference(before: string, after: string): { removed: string; added: string } {
  const ends = Math.min(before.length, after.length);
  let head = 0;
  while (head < ends && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < ends - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  return {
    removed: before.slice(head, before.length - tail),
    added: after.slice(head, after.length - tail),
  };
}

test('there are enough of them', () => {
  expect(JSON_FILES.length).toBeGreaterThanOrEqual(40);
  expect(TOML_FILES.length).toBeGreaterThanOrEqual(40);
});

describe.each(json)('of $client', ({ config }) => {
  test.each(JSON_FILES)('a file with %s', (_what, text) => {
    const before = text(config.table);
    const after = mergeServer(config, before, config.entry(start));
    expect(entryIn(config, after)).toEqual(config.entry(start));
    expect(isKept(before, after)).toBe(true);
    expect(mergeServer(config, after, config.entry(start))).toBe(after);
    const renewed = mergeServer(config, after, config.entry(later));
    expect(difference(after, renewed).added.length).toBeLessThanOrEqual(later.command.length);
    const removed = removeServer(config, renewed);
    expect(entryIn(config, removed)).toBeNull();
    // Bytes outside the entry: all of them are there, but for blanks of an object that was empty.
    expect(dense(removed)).toBe(dense(withTable(before, removed, config.table)));
  });
});

describe('of Codex', () => {
  test.each(TOML_FILES)('a file with %s', (_what, before) => {
    const after = mergeServer(codex, before, codex.entry(start));
    expect(entryIn(codex, after)).toEqual(codex.entry(start));
    expect(difference(before, after).removed.trim()).toBe('');
    expect(mergeServer(codex, after, codex.entry(start))).toBe(after);
    const renewed = mergeServer(codex, after, codex.entry(later));
    expect(difference(after, renewed).added.length).toBeLessThanOrEqual(later.command.length);
    const removed = removeServer(codex, renewed);
    expect(entryIn(codex, removed)).toBeNull();
    expect(removed.trim()).toBe(before.trim());
  });
});

test.each(HOPELESS)('in %s, %j is refused', (format, text, reason) => {
  const config = format === 'toml' ? codex : clientConfig('cursor', { HOME: '/h' });
  expect(() => mergeServer(config, text, config.entry(start))).toThrow(reason);
});

const kept: [format: string, text: string][] = [
  [
    'json',
    '{"mcpServers": {"python-mcp": {"command": "old", "env": {"MINE": "1"}, "alwaysAllow": ["t"]}}}',
  ],
  [
    'toml',
    '[mcp_servers.python-mcp]\ncommand = "old" # mine\nalwaysAllow = ["t"]\n[mcp_servers.python-mcp.env]\nMINE = "1"\n',
  ],
  [
    'toml',
    '[mcp_servers.python-mcp]\ncommand = "old"\nalwaysAllow = ["t"]\nenv = { MINE = "1" }\n',
  ],
  [
    'toml',
    'mcp_servers = { python-mcp = { command = "old", env = { MINE = "1" }, alwaysAllow = ["t"] } }\n',
  ],
  ['toml', 'mcp_servers.python-mcp = { command = "old", env.MINE = "1", alwaysAllow = ["t"] }\n'],
];

test.each(kept)('an entry in %s that is renewed keeps the rest: %j', (format, text) => {
  const config = format === 'toml' ? codex : clientConfig('cursor', { HOME: '/h' });
  const after = mergeServer(config, text, config.entry(start));
  expect(entryIn(config, after)).toEqual({
    ...config.entry(start),
    env: { MINE: '1', PYTHON_MCP_HOME: '/p' },
    alwaysAllow: ['t'],
  });
  if (text.includes('#')) expect(after).toContain(`command = "${start.command}" # mine`);
});

test('what a client has switched off stays off', () => {
  const opencode = clientConfig('opencode', { HOME: '/h' });
  const text = '{"mcp": {"python-mcp": {"type": "local", "command": ["old"], "enabled": false}}}';
  const after = mergeServer(opencode, text, opencode.entry(start));
  expect(entryIn(opencode, after)).toMatchObject({ enabled: false, command: [start.command] });
});

/** Without blanks and commas. */
function dense(text: string): string {
  return text.replaceAll(/[\s,]/g, '');
}

/** Every character, in order. */
function isKept(before: string, after: string): boolean {
  let at = 0;
  for (let each = 0; each < after.length; each += 1) if (after[each] === before[at]) at += 1;
  return at === before.length;
}

/** A table that was made for the entry stays, empty. */
function withTable(before: string, after: string, table: string): string {
  if (before.includes(`"${table}"`)) return before;
  const made = `"${table}":{}`;
  return dense(after).includes(made) ? before.replace(/\}\s*$/, `${made}}`) : before;
}

import { describe, expect, it } from 'vitest';
import { parse } from 'smol-toml';
import { clientConfig } from '../../../../src/cli/set-up/install-clients.ts';
import { mergeServer, snippet } from '../../../../src/cli/set-up/merge-config.ts';

const json = clientConfig('cursor', { HOME: '/h' });
const toml = clientConfig('codex', { HOME: '/h' });
const entry = { command: '/bin/node', args: ['/p/python-mcp.cjs'] };

describe('mergeServer', () => {
  it.each([json, toml])('makes a new $format file', (config) => {
    expect(mergeServer(config, null, entry)).toBe(`${snippet(config, entry)}\n`);
    expect(mergeServer(config, ' \n', entry)).toBe(`${snippet(config, entry)}\n`);
  });

  it.each([json, toml])('is done at once when the entry is in the $format', (config) => {
    const once = mergeServer(config, null, entry);
    expect(mergeServer(config, once, entry)).toBe(once);
  });

  it('replaces an older entry in JSON and keeps order and indentation', () => {
    const before = '{\n\t"z": 1,\n\t"mcpServers": {\n\t\t"python-mcp": {},\n\t\t"a": {}\n\t}\n}';
    const after = mergeServer(json, before, entry);
    expect(Object.keys(JSON.parse(after))).toEqual(['z', 'mcpServers']);
    expect(JSON.parse(after).mcpServers).toEqual({ 'python-mcp': entry, a: {} });
    expect(after).toContain('\n\t"z": 1');
    expect(after.endsWith('}')).toBe(true);
  });

  it('adds to TOML that has other servers', () => {
    const before = 'model = "m" # mine\n\n[mcp_servers.other]\ncommand = "x"\n';
    const after = mergeServer(toml, before, entry);
    expect(after.startsWith(before)).toBe(true);
    expect(parse(after)['mcp_servers']).toEqual({ other: { command: 'x' }, 'python-mcp': entry });
  });

  it.each([
    [json, '[]', 'not a JSON object'],
    [json, '{"mcpServers": 1}', '"mcpServers" is not an object'],
    [json, '{', 'not a JSON object'],
    [toml, 'x = ', 'not valid TOML'],
  ])('refuses to change %o with %j', (config, text, reason) => {
    expect(() => mergeServer(config, text, entry)).toThrow(reason);
  });
});

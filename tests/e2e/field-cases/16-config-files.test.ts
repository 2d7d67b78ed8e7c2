/** Cases 16 and 17: what people keep in a client's configuration stays, and the entry outlives its Node. */
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type CommandLine, commandLine } from '../../integration/cli/command-line.ts';
import { NODE, PROGRAM } from '../../support/test-home.ts';

function writeIn(cli: CommandLine, file: string, text: string): string {
  const path = join(cli.env['HOME'] ?? '', file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const KEEPS: [what: string, client: string, file: string, text: string, kept: string[]][] = [
  [
    'comments and trailing commas',
    'vscode',
    '.config/Code/User/mcp.json',
    '{\n  // mine\n  "servers": {\n    "other": { "command": "x", }, // another\n  },\n}\n',
    ['// mine', '"other": { "command": "x", }', '// another'],
  ],
  [
    'numbers that JavaScript cannot hold, and other lines as they stand',
    'claude-code',
    '.claude.json',
    '{"userID": 12345678901234567890, "ratio": 1.0,\n   "mcpServers": {"other":   {"command": "x"}}}',
    ['"userID": 12345678901234567890, "ratio": 1.0,', '"other":   {"command": "x"}'],
  ],
  [
    'what its own entry was given by hand',
    'cursor',
    '.cursor/mcp.json',
    '{"mcpServers": {"python-mcp": {"command": "old", "env": {"MINE": "45"}, "alwaysAllow": ["py_job_status"]}}}',
    ['"MINE": "45"', '"alwaysAllow": ["py_job_status"]'],
  ],
  [
    'a byte order mark',
    'cursor',
    '.cursor/mcp.json',
    '\uFEFF{"mcpServers": {"other": {"command": "x"}}}',
    ['\uFEFF{', '"other": {"command": "x"}'],
  ],
  [
    'servers in one line of TOML',
    'codex',
    '.codex/config.toml',
    '# mine\nmcp_servers = { other = { command = "x" } }\n',
    ['# mine', 'other = { command = "x" }'],
  ],
];

describe('16 config-files', () => {
  test.each(KEEPS)('%s: kept', async (_, client, file, text, kept) => {
    const cli = commandLine();
    const path = writeIn(cli, file, text);
    const { code, err } = await cli.run('install', client, '--write');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const after = readFileSync(path, 'utf8');
    for (const part of [...kept, join(cli.home, 'bin', 'python-mcp')])
      expect(after).toContain(part);
    expect(after).not.toContain('"old"');
  });

  test('a link whose file is not there yet stays a link', async () => {
    const cli = commandLine();
    const [link, target] = [
      join(cli.env['HOME'] ?? '', '.claude.json'),
      join(cli.work, 'dot.json'),
    ];
    symlinkSync(target, link);
    await cli.run('install', 'claude-code', '--write');
    expect([lstatSync(link).isSymbolicLink(), existsSync(target)]).toEqual([true, true]);
  });
});

test('17 moved-node: a client starts the program after an upgrade, with the PATH of a desktop', async () => {
  const cli = commandLine();
  const cellar = join(cli.work, 'Cellar');
  const bin = join(cli.env['HOME'] ?? '', '.local', 'bin');
  for (const folder of [join(cellar, '24.15'), bin]) mkdirSync(folder, { recursive: true });
  symlinkSync(NODE, join(cellar, '24.15', 'node'));
  symlinkSync(join(cellar, '24.15', 'node'), join(bin, 'node'));
  execFileSync(join(bin, 'node'), [PROGRAM, 'install', 'cursor', '--write'], { env: cli.env });
  const text = readFileSync(join(cli.env['HOME'] ?? '', '.cursor', 'mcp.json'), 'utf8');
  const { command, args = [] } = JSON.parse(text).mcpServers['python-mcp'];
  renameSync(join(cellar, '24.15'), join(cellar, '26.0'));
  execFileSync('ln', ['-sfn', join(cellar, '26.0', 'node'), join(bin, 'node')]);
  // The Node of this machine is still where it really lies; an upgrade takes that away, too.
  const launcher = readFileSync(command, 'utf8').replace(/^node=.*/m, "node='/gone'");
  writeFileSync(command, launcher);
  const env = { HOME: cli.env['HOME'], PATH: '/usr/bin:/bin', PYTHON_MCP_HOME: cli.home };
  const version = execFileSync(command, [...args, '--version'], { encoding: 'utf8', env });
  expect(version).toBe((await cli.run('--version')).out);
});

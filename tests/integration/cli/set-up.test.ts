import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PYTHON } from '../../support/test-home.ts';
import { commandLine } from './command-line.ts';

describe('doctor', () => {
  it('finds what is needed', async () => {
    const cli = commandLine();
    const { out, code } = await cli.run('doctor', '--json');
    const report = JSON.parse(out);
    expect(code).toBe(0);
    expect(report.ok).toBe(true);
    const python = report.checks.find((check: { name: string }) => check.name === 'python');
    expect(python).toMatchObject({ status: 'ok', found: expect.stringContaining(PYTHON) });
    const names = report.checks.map((check: { name: string }) => check.name);
    expect(names.sort()).toEqual(
      ['database', 'disk', 'file events', 'home', 'node', 'python', 'sandbox', 'uv'].sort(),
    );
    expect((await cli.run('doctor')).out).toMatch(/^ok {2}python +3\./m);
    expect(readdirSync(cli.home).filter((name) => name.startsWith('doctor-'))).toEqual([]);
  });

  it('exits with 1 and a remedy when something essential is broken', async () => {
    const cli = commandLine();
    cli.env['PYTHON_MCP_PYTHON'] = '/nowhere/python';
    const python = await cli.run('doctor');
    expect(python.code).toBe(1);
    expect(python.out).toContain('"/nowhere/python" is not a working Python');
    cli.env['PYTHON_MCP_HOME'] = cli.script('a-file');
    const home = await cli.run('doctor');
    expect(home.code).toBe(1);
    expect(home.out).toContain('Set PYTHON_MCP_HOME to a folder of your own');
  });
});

describe('install', () => {
  const places = [
    ['claude-code', '.claude.json', 'mcpServers'],
    ['claude-desktop', '.config/Claude/claude_desktop_config.json', 'mcpServers'],
    ['cursor', '.cursor/mcp.json', 'mcpServers'],
    ['vscode', '.config/Code/User/mcp.json', 'servers'],
  ] as const;

  it.runIf(process.platform === 'linux').each(places)(
    'adds itself to %s and keeps the rest',
    async (client, file, table) => {
      const cli = commandLine();
      const path = join(cli.env['HOME'] ?? '', file);
      mkdirSync(dirname(path), { recursive: true });
      const before = `{\n    "theme": "dark",\n    "${table}": {\n        "other": {"command": "x"}\n    }\n}\n`;
      writeFileSync(path, before);
      chmodSync(path, 0o640);
      const shown = await cli.run('install', client);
      expect(shown.out).toContain(path);
      expect(readFileSync(path, 'utf8')).toBe(before);
      const written = await cli.run('install', client, '--write', '--json');
      const { backup, entry } = JSON.parse(written.out);
      expect(readFileSync(backup, 'utf8')).toBe(before);
      const after = readFileSync(path, 'utf8');
      expect(JSON.parse(after)).toEqual({
        theme: 'dark',
        [table]: { other: { command: 'x' }, 'python-mcp': entry },
      });
      expect(after).toContain('\n    "theme"');
      expect(statSync(path).mode & 0o777).toBe(0o640);
      expect((await cli.run('install', client, '--write')).out).toContain('has python-mcp already');
      expect(readdirSync(dirname(path)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    },
  );

  it('adds itself to codex without touching comments, and the entry is this program', async () => {
    const cli = commandLine();
    const path = join(cli.env['HOME'] ?? '', '.codex', 'config.toml');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '# mine\nmodel = "x"\n');
    const { out } = await cli.run('install', 'codex', '--write', '--json');
    const text = readFileSync(path, 'utf8');
    expect(text.startsWith('# mine\nmodel = "x"\n\n[mcp_servers.python-mcp]\n')).toBe(true);
    const { command, args, env } = JSON.parse(out).entry;
    expect([command, args]).toEqual([join(cli.home, 'bin', 'python-mcp'), []]);
    const shortPath = { PATH: '/usr/bin:/bin' };
    const version = execFileSync(command, ['--version'], { encoding: 'utf8', env: shortPath });
    expect(version).toBe((await cli.run('--version')).out);
    expect(env).toEqual({ PYTHON_MCP_HOME: cli.home });
  });

  it('writes what a dangling link leads to', async () => {
    const cli = commandLine();
    const real = join(cli.work, 'dotfiles.json');
    symlinkSync(real, join(cli.env['HOME'] ?? '', '.claude.json'));
    await cli.run('install', 'claude-code', '--write');
    expect(JSON.parse(readFileSync(real, 'utf8')).mcpServers['python-mcp'].type).toBe('stdio');
  });

  it('alone lists the clients, --all adds it to those that are there, uninstall takes it out', async () => {
    const cli = commandLine();
    const home = cli.env['HOME'] ?? '';
    const zed = join(home, '.config', 'zed', 'settings.json');
    const codex = join(home, '.codex', 'config.toml');
    const [json, toml] = ['// mine\n{\n  "theme": "x",\n}\n', 'model = "m" # mine\n'];
    for (const [path, text] of [
      [zed, json],
      [codex, toml],
    ] as const) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    const listed = await cli.run('install');
    expect(listed.out).toMatch(/^zed +found/m);
    expect(listed.out).toMatch(/^cursor +not found/m);
    expect(readFileSync(zed, 'utf8')).toBe(json);
    await cli.run('install', '--all');
    expect((await cli.run('install')).out).toMatch(/^codex +has python-mcp/m);
    expect(readdirSync(home)).not.toContain('.cursor');
    const removed = await cli.run('uninstall');
    expect(removed.out).toContain(`Removed python-mcp from ${zed}.`);
    expect(readFileSync(codex, 'utf8')).toBe(toml);
    expect(readFileSync(zed, 'utf8')).toContain('// mine\n{\n  "theme": "x",\n');
    expect((await cli.run('uninstall')).out).toBe('No client has python-mcp.\n');
  });

  it('asks at a terminal', async () => {
    const cli = commandLine();
    mkdirSync(join(cli.env['HOME'] ?? '', '.cursor'));
    const running = cli.typing('install');
    await running.sees('Add to which (cursor; all; none)?');
    running.child.stdin?.write('cursor\n');
    expect((await running.ended).out).toContain('Added python-mcp to');
  });

  it('writes into the project', async () => {
    const cli = commandLine();
    await cli.run('install', 'claude-code', '--project', '--write');
    const { mcpServers } = JSON.parse(readFileSync(join(cli.work, '.mcp.json'), 'utf8'));
    expect(mcpServers['python-mcp'].command).toBe(join(cli.home, 'bin', 'python-mcp'));
    const refused = await cli.run('install', 'copilot', '--project', '--write');
    expect(refused.err).toContain('copilot has no configuration for projects');
  });

  it('is started by doctor as the client would start it', async () => {
    const cli = commandLine();
    await cli.run('install', 'cursor', 'opencode', '--write');
    expect((await cli.run('doctor')).out).toMatch(/^ok {2}opencode +\S+ starts it/m);
    const launcher = join(cli.home, 'bin', 'python-mcp');
    const text = readFileSync(launcher, 'utf8');
    writeFileSync(launcher, text.replaceAll(/^(program|node)=.*/gm, "$1='/gone'"));
    const { out, code } = await cli.run('doctor');
    expect(out).toMatch(/^-- {2}cursor +python-mcp is not where it was installed/m);
    expect([code, out]).toEqual([0, expect.stringContaining('python-mcp install cursor --write')]);
  });

  it('outlives its Node', async () => {
    const cli = commandLine();
    const home = cli.env['HOME'] ?? '';
    await cli.run('install', 'cursor', '--write');
    const launcher = join(cli.home, 'bin', 'python-mcp');
    const text = readFileSync(launcher, 'utf8');
    writeFileSync(launcher, text.replace(/^node=.*/m, "node='/gone'"));
    const bin = join(home, '.nvm', 'versions', 'node', 'v99.0.0', 'bin');
    mkdirSync(bin, { recursive: true });
    symlinkSync(process.execPath, join(bin, 'node'));
    const env = { HOME: home, PATH: '/usr/bin:/bin', PYTHON_MCP_HOME: cli.home };
    const version = execFileSync(launcher, ['--version'], { encoding: 'utf8', env });
    expect(version).toBe((await cli.run('--version')).out);
  });

  it('writes through a link and makes what is missing', async () => {
    const cli = commandLine();
    const home = cli.env['HOME'] ?? '';
    const real = join(cli.work, 'dotfiles.json');
    writeFileSync(real, '{}');
    symlinkSync(real, join(home, '.claude.json'));
    await cli.run('install', 'claude-code', '--write');
    expect(JSON.parse(readFileSync(real, 'utf8')).mcpServers['python-mcp'].type).toBe('stdio');
    expect((await cli.run('install', 'cursor', '--write')).code).toBe(0);
    expect(statSync(join(home, '.cursor', 'mcp.json')).mode & 0o777).toBe(0o600);
  });

  it('changes nothing in a file it does not understand', async () => {
    const cli = commandLine();
    const path = join(cli.env['HOME'] ?? '', '.claude.json');
    writeFileSync(path, '{ // mine\n');
    const { code, err } = await cli.run('install', 'claude-code', '--write');
    expect(code).toBe(2);
    expect(err).toContain(
      'it is not a JSON object (comments are no hindrance). Nothing was changed',
    );
    expect(readFileSync(path, 'utf8')).toBe('{ // mine\n');
    expect((await cli.run('install', 'emacs')).err).toContain('Allowed choices are claude-code');
  });
});

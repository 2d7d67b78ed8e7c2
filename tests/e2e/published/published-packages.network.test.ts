/** What is published, each installed into an empty home and used there. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { makePackages } from '../../../scripts/make-packages.ts';
import { connect } from '../../support/mcp-session.ts';
import { npmPackages } from '../../support/npm-packages.ts';
import { PYTHON } from '../../support/test-home.ts';

const run = promisify(execFile);
const root = realpathSync(mkdtempSync(join(tmpdir(), 'python-mcp-published-')));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const [tarball = '', wheel = '', bundle = '', description = ''] = makePackages(join(root, 'out'));

/** As on a machine that has nothing of ours. */
function emptyHome(name: string): Record<string, string> {
  const HOME = join(root, name);
  mkdirSync(HOME);
  const PATH = [dirname(process.execPath), dirname(PYTHON), '/usr/bin', '/bin'].join(':');
  return { HOME, PATH, PYTHON_MCP_HOME: join(HOME, 'jobs') };
}

/** A run on the command line, and one by a client. */
async function use(command: string[], env: Record<string, string>): Promise<string> {
  const [program = '', ...args] = command;
  const code = 'import sys; print(6 * 7, sys.prefix)';
  const { stdout, stderr } = await run(program, [...args, 'run', '-c', code], { env });
  expect(stderr).toBe('');
  const session = await connect('modern', { command: program, args, env, stderr: 'inherit' });
  const call = { directory: env['HOME'], script_content: code };
  const { structuredContent } = await session.callTool('py_run_script_in_dir', call);
  await session.close();
  expect(structuredContent).toMatchObject({ status: 'completed', stdout });
  return stdout;
}

describe('the package for npm', () => {
  const env = emptyHome('npm');
  const prefix = join(root, 'npm-prefix');

  test('is installed without a word and works', async () => {
    const args = ['install', '--global', '--offline', '--prefix', prefix, tarball];
    const { stderr } = await run('npm', args, { env });
    expect(stderr).toBe('');
    expect(await use([join(prefix, 'bin', 'python-mcp')], env)).toContain('42 ');
  });

  test('says what it is, and has nothing to run at its installation', () => {
    const path = join(prefix, 'lib', 'node_modules', 'python-mcp', 'package.json');
    const manifest = JSON.parse(readFileSync(path, 'utf8'));
    expect(manifest).toMatchObject({ os: ['linux', 'darwin'], engines: { node: '>=22.16' } });
    expect(Object.keys(manifest)).not.toContain('scripts');
    expect(Object.keys(manifest).filter((key) => /dependencies/i.test(key))).toEqual([]);
    expect(manifest.mcpName).toBe(JSON.parse(readFileSync(description, 'utf8')).name);
  });

  test('writes entries that work with the PATH of a desktop', async () => {
    mkdirSync(join(env['HOME'] ?? '', '.cursor'));
    await run(join(prefix, 'bin', 'python-mcp'), ['install', '--all'], { env });
    const { mcpServers } = JSON.parse(
      readFileSync(join(env['HOME'] ?? '', '.cursor', 'mcp.json'), 'utf8'),
    );
    const { command, args, env: given } = mcpServers['python-mcp'];
    expect(
      await use([command, ...args], { HOME: String(env['HOME']), PATH: '/usr/bin:/bin', ...given }),
    ).toContain('42 ');
  });
});

describe('the bundle for desktops', () => {
  const folder = join(root, 'bundle');
  execFileSync(PYTHON, ['-m', 'zipfile', '-e', bundle, folder]);
  const path = join(folder, 'manifest.json');
  const { server } = JSON.parse(readFileSync(path, 'utf8'));

  test('starts as its manifest says', async () => {
    const { command, args } = server.mcp_config;
    const words = args.map((word: string) => word.replaceAll('${__dirname}', folder));
    expect(await use([command, ...words], emptyHome('desktop'))).toContain('42 ');
  });

  test('has a manifest that the tool of its format takes', async (context) => {
    const packages = await npmPackages('mcpb', { '@anthropic-ai/mcpb': '2.1.2' });
    if ('missing' in packages) return context.skip(`not installed: ${packages.missing}`);
    const cli = join(packages.folder, 'node_modules', '.bin', 'mcpb');
    const { stdout } = await run(cli, ['validate', path]);
    expect(stdout).toMatch(/manifest .*(is valid|passes)/i);
  });
});

describe('the wheel', () => {
  const venv = join(root, 'venv');
  const env = emptyHome('wheel');

  test('brings a Node, and never is the Python of scripts', async (context) => {
    await run(PYTHON, ['-m', 'venv', venv]);
    const pip = join(venv, 'bin', 'pip');
    const installed = await run(pip, ['install', '--retries', '0', wheel]).catch(
      (error: Error) => error,
    );
    if (installed instanceof Error) return context.skip(`not installed: ${installed.message}`);
    const bin = join(venv, 'bin');
    const withoutNode = { ...env, PATH: [bin, dirname(PYTHON), '/usr/bin', '/bin'].join(':') };
    const said = await use([join(bin, 'python-mcp')], withoutNode);
    expect(said).toContain('42 ');
    expect(said).not.toContain(venv);
  });
});

/** What the schema of 2025-12-11 demands of a description. */
const ServerDescription = z.strictObject({
  $schema: z.string().endsWith('/2025-12-11/server.schema.json'),
  name: z
    .string()
    .regex(/^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/)
    .min(3)
    .max(200),
  title: z.string().min(1).max(100),
  description: z.string().min(1).max(100),
  version: z.string().max(255),
  packages: z.array(
    z.strictObject({
      registryType: z.enum(['npm', 'pypi', 'oci', 'nuget', 'mcpb']),
      identifier: z.string(),
      version: z
        .string()
        .min(1)
        .regex(/^[^<>^~*]+$/),
      runtimeHint: z.string().optional(),
      transport: z.strictObject({ type: z.literal('stdio') }),
      environmentVariables: z.array(
        z.strictObject({
          name: z.string(),
          description: z.string(),
          isRequired: z.boolean(),
        }),
      ),
    }),
  ),
});

test('the description for the registry holds what its schema demands', () => {
  ServerDescription.parse(JSON.parse(readFileSync(description, 'utf8')));
});

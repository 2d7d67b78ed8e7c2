/** Cases 14, 15 and 34 with packages of the test's own: pip inside, indexes of a script, copies. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commandLine } from '../../integration/cli/command-line.ts';
import { onlyWheels } from '../../support/only-wheels.ts';
import { type Reply, startServer, type TestServer } from '../../support/start-server.ts';
import { shareTools } from '../../support/used-home.ts';

const SMALL = ['one', 'two', 'three', 'four', 'five'];
const LARGE = { name: 'large', version: '1.0', source: `X = 1\n# ${'x'.repeat(2_000_000)}\n` };
const WHEELS = [LARGE, ...SMALL.map((name) => ({ name, version: '1.0' }))];
const CALLS_PIP =
  'import subprocess, sys\nsys.exit(subprocess.call([sys.executable, "-m", "pip"]))';
const HINT = 'Environments have no pip: name the packages in';

async function offline(wheels: Parameters<typeof onlyWheels>[0] = WHEELS) {
  const server = await startServer({ env: onlyWheels(wheels) });
  shareTools(server.home);
  return server;
}

/** The result, however long the packages take. */
async function run(server: TestServer, script_content: string, more = {}): Promise<Reply> {
  const args = { script_content, async_mode: true, ...more };
  const { job_id: id } = await server.call('py_run_script_with_dependencies', args);
  return (await server.ended(id, 100_000)).result;
}

describe('14 pip-inside', () => {
  const pip = { name: 'pip', version: '99.0' };

  test('a script that imports pip gets it, like any package that it imports', async () => {
    const server = await offline([...WHEELS, pip]);
    const code = 'import one, pip; print(pip.VERSION)';
    const result = await run(server, code, { dependencies: ['one'] });
    expect(result).toMatchObject({ stdout: '99.0\n' });
  });

  test('one that calls it is told where packages are named, in the words of each door', async () => {
    const server = await offline();
    const result = await run(server, CALLS_PIP, { dependencies: ['one'] });
    expect(result).toMatchObject({ exit_code: 1, error: expect.stringContaining(HINT) });
    const cli = commandLine();
    Object.assign(cli.env, onlyWheels(WHEELS));
    shareTools(cli.home);
    const { code, err } = await cli.run('run', '--with', 'one', '-c', CALLS_PIP);
    expect([code, err]).toEqual([1, expect.stringContaining(`python-mcp: ${HINT} --with instead`)]);
  });
});

describe('15 own-index', () => {
  const script = (more: string) =>
    `# /// script\n# dependencies = ["one"]\n#\n# [[tool.uv.index]]\n# name = "torch-cpu"\n# url = "https://index.invalid/cpu"\n${more}# ///\nimport one; print(one.VERSION)\n`;

  test('one that no dependency uses stops nobody', async () => {
    const server = await offline();
    const result = await run(server, script('# explicit = true\n'));
    expect(result).toMatchObject({ stdout: '1.0\n' });
  });

  test('one that is needed names the setting that allows it', async () => {
    const server = await offline();
    const { error } = await run(server, script(''));
    expect(error).toContain('the setting `allowed_sources`');
  });
});

/** Bytes on disk; what several names lead to counts once. */
function diskOf(folder: string): number {
  const seen = new Set<number>();
  let sum = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const { ino, blocks } = statSync(join(entry.parentPath, entry.name));
    if (!seen.has(ino)) sum += blocks * 512;
    seen.add(ino);
  }
  return sum;
}

test('34 copies-of-packages: five environments with one large package take the room of one', async () => {
  const server = await offline();
  const use = (name: string) =>
    run(server, `import large, ${name}; print("ran")`, { dependencies: ['large', name] });
  await use('one');
  const room = () => diskOf(server.home);
  const first = room();
  for (const name of SMALL.slice(1)) expect(await use(name)).toMatchObject({ stdout: 'ran\n' });
  expect(room() / first).toBeLessThan(1.3);
});

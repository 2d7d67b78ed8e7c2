/** Cases 13, 23, 25, 28, 31: the script's modules, its project, its limits and its surroundings. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ALPHA_AND_BETA, onlyWheels } from '../../support/only-wheels.ts';
import { startServer } from '../../support/start-server.ts';
import { PYTHON } from '../../support/test-home.ts';
import { shareTools } from '../../support/used-home.ts';
import { fileServer } from '../file-server.ts';

const served = fileServer();

const run = (args: object) =>
  served().call('py_run_script_in_dir', { directory: served().work, use_uv: false, ...args });

function write(name: string, text: string): void {
  const path = join(served().work, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
}

test('13 memory-limit: a script that stays within its limit runs', async () => {
  const reply = await run({ script_content: 'print(len("x" * 2**24))', memory_limit_mb: 192 });
  expect(reply).toMatchObject({ status: 'completed', stdout: '16777216\n' });
});

test('13 memory-limit: over it the error names the limit', async () => {
  const grows = 'kept = []\nwhile True: kept.append(bytearray(2**24))';
  const { status, error } = await run({ script_content: grows, memory_limit_mb: 192 });
  expect(status).toBe('failed');
  expect(error).toBe('MemoryError (script.py, line 2). Its limit is 192 MiB (memory_limit_mb).');
});

test('23 as-a-module: a package runs by its dotted name, relative imports and all', async () => {
  write('app/__init__.py', '');
  write('app/util.py', 'def f(): return "from util"');
  write('app/main.py', 'from .util import f\nprint(__name__, f())');
  expect(await run({ module: 'app.main' })).toMatchObject({ stdout: '__main__ from util\n' });
});

test.each(['%matplotlib inline', '!pip install six', '%%time'])(
  '23 as-a-module: code with %s is called that of a notebook',
  async (line) => {
    const { error } = await run({ script_content: `${line}\nprint(1)` });
    expect(error).toContain("This is a notebook's code");
  },
);

test('23 as-a-module: a notebook is refused as one, with the way to run it', async () => {
  write('plots.ipynb', '{"cells": []}');
  const notebook = { directory: served().work, script_path: 'plots.ipynb' };
  expect(await served().refusal('py_run_script_in_dir', notebook)).toMatch(
    /is a notebook\..*jupyter/,
  );
});

test('25 packages-of-the-user: a plain run sees them, an environment of its own does not', async () => {
  const server = await startServer({ env: onlyWheels(ALPHA_AND_BETA) });
  shareTools(server.home);
  const env_vars = { PYTHONUSERBASE: join(server.work, 'user') };
  const where = 'import site; print(site.getusersitepackages())';
  const plain = { directory: server.work, use_uv: false, env_vars };
  const found = await server.call('py_run_script_in_dir', { ...plain, script_content: where });
  const site = String(found.stdout).trim();
  mkdirSync(site, { recursive: true });
  writeFileSync(join(site, 'of_the_user.py'), 'print("seen")');
  const script_content = 'try: import of_the_user\nexcept ImportError: print("isolated")';
  const seen = await server.call('py_run_script_in_dir', { ...plain, script_content });
  expect(seen.stdout).toBe('seen\n');
  const own = { script_content, env_vars, dependencies: ['beta'] };
  const isolated = await server.call('py_run_script_with_dependencies', own);
  expect(isolated.stdout).toBe('isolated\n');
});

test('25 packages-of-the-user: a PYTHONPATH of their own is kept', async () => {
  write('lib/mine.py', 'print("mine")');
  const env_vars = { PYTHONPATH: join(served().work, 'lib') };
  expect(await run({ script_content: 'import mine', env_vars })).toMatchObject({
    stdout: 'mine\n',
  });
});

test('28 project-left-alone: a run leaves nothing in a project', async () => {
  write('pyproject.toml', '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.8"\n');
  write('main.py', 'print("sold")');
  const before = readdirSync(served().work);
  const reply = await served().call('py_run_script_in_dir', {
    directory: served().work,
    script_path: 'main.py',
  });
  expect(reply).toMatchObject({ status: 'completed', stdout: 'sold\n' });
  expect(readdirSync(served().work).filter((name) => name !== '__pycache__')).toEqual(before);
});

test('31 long-socket-paths: TMPDIR, signals, umask and descriptors are a terminal’s', async () => {
  const script_content =
    'import os, signal, socket, tempfile\nsocket.socket(socket.AF_UNIX).bind(tempfile.mkdtemp() + "/some-socket")\n' +
    'def kept(n): return os.path.exists(f"/proc/self/fd/{n}") and os.get_inheritable(n)\n' +
    'print(sorted(n for n in map(int, os.listdir("/proc/self/fd")) if kept(n)))\n' +
    'print(tempfile.gettempdir(), os.umask(0), signal.getsignal(signal.SIGINT) is signal.default_int_handler)';
  const directory = join(served().work, 'a-folder-that-is-deep/'.repeat(6));
  mkdirSync(directory, { recursive: true });
  const { stdout, stderr } = await run({ directory, script_content });
  const plain = spawnSync(PYTHON, ['-c', script_content], { encoding: 'utf8' });
  expect({ stdout, stderr }).toEqual({ stdout: plain.stdout, stderr: plain.stderr });
});

/** One set of parameters for all run tools: see contract §1. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import toolList from '../../src/mcp/tool-list.json' with { type: 'json' };
import type { TestServer } from '../support/start-server.ts';
import { fileServer } from './file-server.ts';

const served = fileServer();

function project({ work }: TestServer): string {
  const folder = join(work, 'project');
  mkdirSync(join(folder, 'app'), { recursive: true });
  writeFileSync(join(folder, 'app/__init__.py'), '');
  writeFileSync(join(folder, 'app/util.py'), 'def f(): return "from util"\n');
  writeFileSync(
    join(folder, 'app/main.py'),
    'import sys\nfrom .util import f\nprint(f(), sys.argv[1:])\n',
  );
  writeFileSync(join(folder, 'app/__main__.py'), 'from .main import *\n');
  return folder;
}

test('every run tool has them', () => {
  const runs = toolList.filter(({ name }) => name.startsWith('py_run_'));
  for (const { name, inputSchema } of runs) {
    const names = Object.keys(inputSchema.properties);
    const wanted = ['directory', 'dependencies', 'args', 'env_vars', 'python_version', 'stdin'];
    expect({ name, names }).toEqual({ name, names: expect.arrayContaining(wanted) });
    expect(names).not.toContain('executor');
  }
});

describe('a module', () => {
  test('runs as python -m does, from the directory, with relative imports', async () => {
    const server = served();
    const directory = project(server);
    for (const tool of ['py_run_script_in_dir', 'py_run_script_with_dependencies']) {
      for (const module of ['app.main', 'app']) {
        const reply = await server.call(tool, { directory, module, args: ['-x', '1'] });
        expect(reply).toMatchObject({ status: 'completed', stdout: "from util ['-x', '1']\n" });
      }
    }
    const library = await server.call('py_run_script_with_dependencies', {
      module: 'json.tool',
      stdin: '{"a": 1}',
    });
    expect(library.stdout).toBe('{\n    "a": 1\n}\n');
  });

  test('with a name that is none is refused', async () => {
    const server = served();
    const run = { directory: server.work, module: 'app/main.py' };
    expect(await server.refusal('py_run_script_in_dir', run)).toBe(
      'module: "app/main.py" is not the dotted name of a module. Pass one such as "package.module", ' +
        'and the folder that holds the package as directory.',
    );
  });
});

describe('a command', () => {
  test('runs in the environment: its programs first, its output seen, its Python children as ours', async () => {
    const server = served();
    const directory = project(server);
    const code = 'import os, sys\nprint("child")\nos._exit(3)';
    const reply = await server.call('py_run_script_in_dir', {
      directory,
      command: ['python', '-c', code],
    });
    expect(reply).toMatchObject({ status: 'failed', exit_code: 3, stdout: 'child\n' });
    const shell = 'echo "$0 $1"; python3 -m app a; command -v python3';
    const command = ['sh', '-c', shell, 'zero'];
    const { stdout } = await server.call('py_run_script_in_dir', {
      directory,
      command,
      args: ['one'],
    });
    expect(stdout).toMatch(/^zero one\nfrom util \['a'\]\n\/.*python3\n$/);
  });

  test('relative to the directory', async () => {
    const server = served();
    const directory = project(server);
    writeFileSync(join(directory, 'go.sh'), '#!/bin/sh\necho went "$@"\n');
    chmodSync(join(directory, 'go.sh'), 0o755);
    const run = { directory, command: ['./go.sh', 'there'] };
    expect((await server.call('py_run_script_in_dir', run)).stdout).toBe('went there\n');
  });

  test('that is not there says what to do', async () => {
    const server = served();
    const run = { directory: server.work, command: ['no-such-program'] };
    expect(await server.refusal('py_run_script_in_dir', run)).toMatch(
      /^command: "no-such-program" is neither in the environment nor on PATH\. Add the package/,
    );
  });
});

test('exactly one of script_content, script_path, module, command', async () => {
  const server = served();
  const run = { directory: server.work };
  const remedy = 'Pass exactly one of script_content (code), script_path (file), module, command.';
  expect(await server.refusal('py_run_script_in_dir', run)).toBe(
    `script_content: there is nothing to run. ${remedy}`,
  );
  expect(
    await server.refusal('py_run_script_in_dir', {
      ...run,
      script_content: 'pass',
      command: ['ls'],
    }),
  ).toBe(`script_content / command: only one of them can be run. ${remedy}`);
});

test('a saved script runs in the directory that is named', async () => {
  const server = served();
  const source = 'import os\nprint(os.getcwd())';
  await server.call('py_save_script', { script_name: 'where', source });
  const run = { script_name: 'where', directory: server.work };
  expect((await server.call('py_run_saved_script', run)).stdout).toBe(`${server.work}\n`);
});

test('a saved script is measured by its name, and by nothing else beside it', async () => {
  const server = served();
  await server.call('py_save_script', { script_name: 'measured', source: 'print(1)' });
  const run = { script_name: 'measured', runs: 2 };
  expect(await server.call('py_benchmark_script', run)).toMatchObject({ runs: 2 });
  expect(await server.refusal('py_benchmark_script', { ...run, script_content: 'pass' })).toContain(
    'only one of them can be run',
  );
});

test('the code of a notebook is told', async () => {
  const server = served();
  const script_content = 'x = 1\n%matplotlib inline\n!pip install six\nprint(x)';
  const reply = await server.call('py_run_script_in_dir', {
    directory: server.work,
    script_content,
  });
  expect(reply.error).toContain("This is a notebook's code: leave out its % and ! lines");
  const run = { directory: server.work, script_path: 'a.ipynb' };
  expect(await server.refusal('py_run_script_in_dir', run)).toMatch(
    /^script_path: "a.ipynb" is a notebook\. /,
  );
});

test('a demand that cannot be met is refused, one for nothing special is not', async () => {
  const server = served();
  const run = { directory: server.work, script_content: 'print(1)' };
  expect(await server.refusal('py_run_script_in_dir', { ...run, executor: 'ray' })).toBe(
    'executor: "ray" is not available on this server. Leave executor out to run with your rights on this machine.',
  );
  const usual = { ...run, isolation: 'none', executor: 'local' };
  expect((await server.call('py_run_script_in_dir', usual)).notes).toBeUndefined();
});

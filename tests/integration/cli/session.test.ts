/** `python-mcp session`: at a prompt, from options, files and pipes, and what is taken away from it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandLine } from './command-line.ts';

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';

test('at the prompt: values, blocks, names to complete, input, an error, Ctrl-C and Ctrl-D', async () => {
  const line = commandLine();
  const prompt = line.typing('session', 'main');
  const sees = (text: string) => prompt.sees(text);
  const type = (text: string) => prompt.child.stdin?.write(text);
  await sees('>>> ');
  type('prices = [3, 4]; 40 + len(prices)\n');
  await sees('\n42\r\n');
  type('sum(pric');
  await sees('sum(pric');
  type('\t');
  await sees('sum(prices');
  type(')\n');
  await sees('\n7\r\n');
  type('for p in prices:\n    print("price", p)\n\n');
  await sees('price 4\r\n');
  type('name = input("who? ")\n');
  await sees('\u001b[0Jwho? ');
  type('ada\n');
  type('name.upper()\n');
  await sees("'ADA'");
  type('1 / 0\n');
  await sees('ZeroDivisionError: division by zero');
  type('import time; print("busy"); time.sleep(600)\n');
  await sees('\nbusy\r\n');
  type(CTRL_C);
  await sees('cell 7: interrupted');
  type('prices[0] * 100\n');
  await sees('\n300\r\n');
  type(CTRL_D);
  expect((await prompt.ended).code).toBe(0);
  expect(prompt.out()).toContain('Session main goes on.');
  expect(readFileSync(join(line.home, 'meta', 'session-history'), 'utf8')).toMatch(/^prices\[0\]/);
  const again = await line.run('session', 'main', '-c', 'len(prices)');
  expect([again.code, again.out]).toEqual([0, '2\n']);
});

test('code, files and pipes run cell by cell up to the first that fails', async () => {
  const line = commandLine();
  const file = line.script(
    'cells.py',
    'x = 1',
    '# %%',
    'print("x", x)',
    '# %%',
    'exit(3)',
    '# %%',
    '9',
  );
  const ran = await line.run('session', '--file', file);
  expect([ran.code, ran.out]).toEqual([3, 'x 1\n']);
  const failed = await line.run('session', '-c', 'x += 1\nboom');
  expect([failed.code, failed.out]).toEqual([1, '']);
  expect(failed.err).toMatch(/^Traceback[^]*NameError: name 'boom' is not defined\n$/);
  const piped = await line.feed('x * 10\n', 'session', 'main');
  expect([piped.code, piped.out]).toEqual([0, '20\n']);
});

test('a notebook is run cell by cell, without what only IPython understands', async () => {
  const line = commandLine();
  const cells = [
    { cell_type: 'markdown', source: '# Title' },
    { cell_type: 'code', source: ['%matplotlib inline\n', 'x = 2\n'] },
    { cell_type: 'code', source: 'x + 3' },
  ];
  const path = join(line.work, 'some.ipynb');
  writeFileSync(path, JSON.stringify({ nbformat: 4, cells }));
  const ran = await line.run('session', 'nb', '--file', path);
  expect([ran.code, ran.out, ran.err]).toEqual([0, '5\n', '']);
});

test('sessions are listed, ended and exported, the ended ones too', async () => {
  const line = commandLine();
  await line.run('session', 'one', '-c', 'print("hi")\n[1, 2]');
  await line.run('session', 'one', '-c', '1 / 0');
  const list = await line.run('session', 'list');
  expect(list.out).toMatch(/^NAME .*\none +idle +2 +\d/);
  expect(JSON.parse((await line.run('session', 'list', '--json')).out)).toMatchObject([
    { name: 'one', cell: 2 },
  ]);
  expect((await line.run('session', 'stop', 'one')).code).toBe(0);
  expect((await line.run('session', 'list')).err).toBe('No session lives.\n');
  const script = join(line.work, 'one.py');
  expect((await line.run('session', 'export', 'one', script)).code).toBe(0);
  expect(readFileSync(script, 'utf8')).toMatch(
    /^# Session one, job \w+ \(cancelled\)\.\n\n# %% \[1\]\nprint\("hi"\)\n\[1, 2\]\n\n# %% \[2\] error\n# 1 \/ 0\n$/,
  );
  const notebook = JSON.parse((await line.run('session', 'export', 'one')).out);
  expect(notebook).toMatchObject({ nbformat: 4, nbformat_minor: 5 });
  expect(notebook.cells[0].outputs).toEqual([
    { output_type: 'stream', name: 'stdout', text: 'hi\n' },
    {
      output_type: 'execute_result',
      execution_count: 1,
      data: { 'text/plain': '[1, 2]' },
      metadata: {},
    },
  ]);
  expect(notebook.cells[1].outputs.at(-1)).toMatchObject({ ename: 'ZeroDivisionError' });
  const wrong = await line.run('session', 'export', 'one', 'x.txt');
  expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('neither with .ipynb')]);
});

test('lost variables are said, and begun anew with --restart', async () => {
  const line = commandLine();
  await line.run('session', 'one', '-c', 'kept = 1');
  await line.run('session', 'stop', 'one');
  const refused = await line.run('session', 'one', '-c', 'kept');
  expect([refused.code, refused.err]).toEqual([1, expect.stringMatching(/Lost: kept .*--restart/)]);
  const anew = await line.run('session', 'one', '--restart', '-c', '"kept" in globals()');
  expect([anew.code, anew.out]).toEqual([0, 'False\n']);
});

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startServer, type TestServer } from '../support/start-server.ts';
import { fileServer } from './file-server.ts';

const served = fileServer();

const SECRET = 'v3ry-s3cret-value';

async function stdoutOf(server: TestServer, code: string, more: object = {}): Promise<string> {
  const run = { directory: server.work, script_content: code, ...more };
  const { stdout, stderr } = await server.call('py_run_script_in_dir', run);
  expect(stderr).toBe('');
  return String(stdout);
}

describe('standard input', () => {
  test('is empty unless asked for: a script that reads gets the end at once', async () => {
    const server = served();
    const run = { directory: server.work, script_content: 'input("name? ")' };
    const result = await server.call('py_run_script_in_dir', run);
    expect(result).toMatchObject({ status: 'failed', exit_code: 1, stdout: 'name? ' });
    expect(result.stderr).toContain('EOFError: EOF when reading a line');
    expect(result.error).toBe(
      'EOFError: EOF when reading a line (script.py, line 1). The script asked for input and was given none: ' +
        'pass stdin, or interactive=true and answer with py_send_input.',
    );
  });

  test('is the text that was given, and then its end', async () => {
    const server = served();
    const code = 'import sys\nprint(repr(sys.stdin.read()))';
    expect(await stdoutOf(server, code, { stdin: 'zwei\nZeilen €' })).toBe("'zwei\\nZeilen €'\n");
  });

  test('takes a megabyte', async () => {
    const server = served();
    const code = 'import sys\nprint(len(sys.stdin.read()))';
    expect(await stdoutOf(server, code, { stdin: 'x'.repeat(1_000_000) })).toBe('1000000\n');
  });

  test('of an interactive job takes text until it is closed', async () => {
    const server = served();
    const code =
      'import sys\nfor line in sys.stdin: print("got", line.strip(), flush=True)\nprint("end")';
    const id = await server.start(code, { interactive: true, enable_streaming: true });
    const send = (text: string, close?: boolean) =>
      server.call('py_send_input', { job_id: id, text, ...(close ? { close } : {}) });
    const first = { written: 5, new_stdout: 'got eins\n', status: 'running' };
    expect(await send('eins\n')).toMatchObject(first);
    const last = { written: 9, new_stdout: 'got zwei €\nend\n', status: 'completed' };
    expect(await send('zwei €\n', true)).toMatchObject(last);
    const job = await server.ended(id);
    expect(job.result.stdout).toBe('got eins\ngot zwei €\nend\n');
    expect(await server.refusal('py_send_input', { job_id: id, text: 'x' })).toBe(
      `Job ${id} has ended (completed).`,
    );
  });

  test('of another job cannot be written to, and the reply says how to', async () => {
    const server = served();
    const id = await server.start('import time\ntime.sleep(60)');
    expect(await server.refusal('py_send_input', { job_id: id, text: 'x' })).toBe(
      `Job ${id} was not started with interactive=true, so its standard input is closed. ` +
        'Start it again with interactive=true.',
    );
  });

  test('that was closed takes no more', async () => {
    const server = served();
    const id = await server.start('import sys, time\nsys.stdin.read()\ntime.sleep(60)', {
      interactive: true,
    });
    await server.call('py_send_input', { job_id: id, text: '', close: true });
    expect(await server.refusal('py_send_input', { job_id: id, text: 'x' })).toBe(
      'The script takes no more input: its standard input was closed. ' +
        'Read its output to see how far it got.',
    );
  });
});

describe('the environment', () => {
  test('is the server’s, then env_file, then env_vars', async () => {
    const server = await startServer({ env: { A: 'server', B: 'server', C: 'server' } });
    writeFileSync(
      join(server.work, 'job.env'),
      '# comment\nB=file\nC="file"\nexport D=\'two words\'\nE="one\ntwo"\nF=${A}-$B\nPATH=$PATH:/more\n',
    );
    const code =
      'import os\nprint([os.environ.get(name) for name in "ABCDEF"])\nassert os.environ["PATH"].endswith(":/more") and len(os.environ["PATH"]) > 6';
    const more = { env_file: 'job.env', env_vars: { C: 'vars' } };
    expect(await stdoutOf(server, code, more)).toBe(
      "['server', 'file', 'vars', 'two words', 'one\\ntwo', 'server-$B']\n",
    );
  });

  test('has nothing of the server’s own settings', async () => {
    const server = await startServer({ env: { PYTHON_MCP_MAX_CONCURRENT_JOBS: '3' } });
    const names = (await stdoutOf(server, 'import os\nprint(*os.environ)')).trim().split(' ');
    expect(names).toContain('PYTHON_MCP_JOB_ID');
    for (const own of ['MAX_CONCURRENT_JOBS', 'HOME', 'PYTHON']) {
      expect(names).not.toContain(`PYTHON_MCP_${own}`);
    }
  });

  test('values and input are nowhere in the home folder, during the run and after', async () => {
    const server = await startServer({ env: { PYTHON_MCP_LOG_LEVEL: 'debug' } });
    const values = { env_vars: { TOKEN: SECRET }, stdin: `${SECRET}\n` };
    const code =
      'import os, time\nassert os.environ["TOKEN"] == input()\nprint("up", flush=True)\ntime.sleep(60)';
    const id = await server.start(code, values);
    const wait = { job_id: id, until: 'up', wait_seconds: 20 };
    expect(await server.text('py_job_output', wait)).toContain('up');
    expect(filesWith(server.home, SECRET)).toEqual([]);
    await server.call('py_cancel_job', { job_id: id, grace_seconds: 0 });
    await server.call('py_list_jobs');
    expect(filesWith(server.home, SECRET)).toEqual([]);
    expect(filesWith(server.home, id)).not.toEqual([]);
  });
});

describe('arguments', () => {
  test('arrive exactly as given', async () => {
    const server = served();
    const args = [
      '',
      ' ',
      '-c',
      '--help',
      '$(id)',
      '`id`',
      '"',
      "'",
      'a\nb',
      '*',
      '\\',
      'é😀',
      ';',
      '&&',
    ];
    const code = 'import json, sys\nprint(json.dumps(sys.argv[1:]))';
    expect(JSON.parse(await stdoutOf(server, code, { args }))).toEqual(args);
  });

  test('of nearly the greatest length the system takes arrive too', async () => {
    const server = served();
    const code = 'import sys\nprint(len(sys.argv[1]))';
    expect(await stdoutOf(server, code, { args: ['x'.repeat(120 * 1024)] })).toBe('122880\n');
  });
});

describe('the directory', () => {
  test('is the working directory and importable, for a file and for inline code', async () => {
    const server = served();
    writeFileSync(join(server.work, 'neighbour.py'), 'NAME = "neighbour"');
    const code = 'import os, neighbour\nprint(os.getcwd(), neighbour.NAME, __name__)';
    writeFileSync(join(server.work, 'main.py'), code);
    const expected = `${server.work} neighbour __main__\n`;
    expect(await stdoutOf(server, code)).toBe(expected);
    const result = await server.call('py_run_script_in_dir', {
      directory: server.work,
      script_path: 'main.py',
    });
    expect(result.stdout).toBe(expected);
  });
});

/** Names of the files below a folder that contain the text. */
function filesWith(folder: string, text: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).includes(text));
}

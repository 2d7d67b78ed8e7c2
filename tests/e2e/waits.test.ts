/** Waits that end when it matters, in few calls and few bytes. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Reply, TestServer } from '../support/start-server.ts';
import { waitFor } from '../support/wait-for.ts';
import { fileServer } from './file-server.ts';

const served = fileServer();

const WAIT = { incremental: true, wait_seconds: 45 };

async function status(server: TestServer, job_id: string, more: object = {}): Promise<Reply> {
  return (await server.call('py_job_status', { job_id, ...WAIT, ...more })).job;
}

async function interactive(code: string): Promise<{ server: TestServer; id: string }> {
  const server = served();
  return { server, id: await server.start(code, { interactive: true }) };
}

describe('a wait for the end', () => {
  test('is one call, whatever the job prints meanwhile', async () => {
    const server = served();
    const id = await server.start(
      'import time\nfor i in range(20): print("line", i); time.sleep(0.1)',
    );
    const job = await status(server, id);
    expect(job.status).toBe('completed');
    expect(job.new_stdout.split('\n')).toHaveLength(21);
  });

  test('is what py_job_output does unless asked otherwise', async () => {
    const server = served();
    const id = await server.start('import time\nfor i in range(5): print(i); time.sleep(0.1)');
    const text = await server.text('py_job_output', { job_id: id, wait_seconds: 45 });
    expect(text).toContain('end of output');
  });

  test('of several jobs is one call: for all of them, or for any', async () => {
    const server = served();
    const slow = await server.start('import time; time.sleep(60)');
    const ids = await Promise.all(
      ['pass', 'raise SystemExit(3)'].map((code) =>
        server.start(`import time; time.sleep(0.2)\n${code}`),
      ),
    );
    const wait = { job_ids: ids, wait_seconds: 45 };
    const { jobs } = await server.call('py_job_status', wait);
    expect(jobs).toMatchObject([
      { id: ids[0], status: 'completed', exit_code: 0 },
      { id: ids[1], status: 'failed', exit_code: 3, error: expect.stringContaining('3') },
    ]);
    const any = { job_ids: [slow, ids[0]], until: 'any', wait_seconds: 45 };
    const { jobs: rows } = await server.call('py_job_status', any);
    expect(rows.map((row: Reply) => row.status)).toEqual(['running', 'completed']);
    expect(await server.refusal('py_job_status', { ...any, until: 'x' })).toContain('until');
    expect(await server.refusal('py_job_status', {})).toContain('job_ids');
  });
});

describe('a wait for output', () => {
  test('ends with a line, and lines that come together are given together', async () => {
    const server = served();
    const id = await server.start(
      'import time\ntime.sleep(0.3)\nfor i in range(3): print("part", i); time.sleep(0.02)\ntime.sleep(60)',
    );
    const job = await status(server, id, { until: 'output' });
    expect(job).toMatchObject({ status: 'running', new_stdout: 'part 0\npart 1\npart 2\n' });
  });

  test.each([
    ['a bar', String.raw`sys.stderr.write(f"\r{i}%")`],
    [
      'bars below each other',
      String.raw`sys.stderr.write("\n"); sys.stderr.write(f"\r{i}%\x1b[A")`,
    ],
  ])('is not woken by redraws alone: %s', async (_name, draw) => {
    const server = served();
    const id = await server.start(
      `import sys, time\nfor i in range(40):\n    ${draw}; sys.stderr.flush(); time.sleep(0.02)\nprint("done")\ntime.sleep(60)`,
    );
    const job = await status(server, id, { until: 'output' });
    expect(job).toMatchObject({ status: 'running', new_stdout: 'done\n' });
  });

  test('ends with a pattern, and the reply holds its match', async () => {
    const server = served();
    const id = await server.start(
      'import time\nfor i in range(20000): print("line", i)\nprint("serving on 8080")\nprint("next")\ntime.sleep(60)',
    );
    const job = await status(server, id, { until: String.raw`serving on \d+` });
    expect(JSON.stringify(job)).toContain('serving on 8080');
    const page = await server.text('py_job_output', {
      job_id: id,
      until: String.raw`serving on \d+`,
      wait_seconds: 45,
    });
    expect(page).toContain('serving on 8080\nnext\n');
    expect(page).toContain('begins there, cursor c0-0 before it');
  });
});

describe('a script that waits for input', () => {
  test.each([
    ['input()', 'input("name? ")', 'name? '],
    ['getpass', 'import getpass; getpass.getpass("secret: ")', 'secret: '],
    ['pdb', 'import pdb; pdb.set_trace()\npass', '(Pdb) '],
    ['an unflushed prompt', 'import sys\nprint("who? ", end="")\nsys.stdin.readline()', 'who? '],
    ['read(0)', 'import os\nos.read(0, 10)', '(no prompt)'],
    ['a thread', 'import threading\nthreading.Thread(target=input).start()', '(no prompt)'],
    [
      'a child process',
      'import subprocess\nsubprocess.run(["sh", "-c", "printf \'sure? \'; read x"])',
      'sure? ',
    ],
  ])('ends a wait and shows its prompt: %s', async (_name, code, prompt) => {
    const { server, id } = await interactive(code);
    const job = await status(server, id);
    expect(job).toMatchObject({ status: 'running', waiting_for_input: prompt });
    const page = await server.text('py_job_output', { job_id: id, wait_seconds: 45 });
    expect(page).toContain(' · waits for input · ');
  });

  test('is not one that reads from something else, or works', async () => {
    const { server, id } = await interactive(
      'import subprocess\nsubprocess.run(["sleep", "0.5"], capture_output=True)\nprint("name? ", end="", flush=True)\nsum(range(10**7))',
    );
    const job = await status(server, id);
    expect(job.status).toBe('completed');
    expect(job.waiting_for_input).toBeUndefined();
  });

  test('is talked to in one call a turn', async () => {
    const server = served();
    const started = await server.call('py_run_script_in_dir', {
      directory: server.work,
      script_content:
        'name = input("name? ")\nage = input(f"{name}, age? ")\nprint(f"{name} is {age}")\nraise SystemExit(4)',
      interactive: true,
    });
    expect(started).toMatchObject({ status: 'running', waiting_for_input: 'name? ' });
    const { job_id: id } = started;
    const say = (text: string) => server.call('py_send_input', { job_id: id, text });
    expect(await say('Ada\n')).toMatchObject({
      written: 4,
      waiting_for_input: 'Ada, age? ',
      status: 'running',
    });
    expect(await say('36\n')).toMatchObject({
      new_stdout: 'Ada is 36\n',
      new_stderr: '',
      waiting_for_input: null,
      status: 'failed',
      exit_code: 4,
    });
  });
});

test('a cancelled wait ends at once, and nobody watches the job any more', async () => {
  const server = served();
  const id = await server.start('import time\ntime.sleep(60)');
  const watches = () => watchedFolders(server.pid);
  const before = await waitFor(() => ({ count: watches() }), 20_000);
  for (const until of ['exit', 'output', 'pattern']) {
    const gone = new AbortController();
    const call = server.session
      .callTool('py_job_status', { job_id: id, ...WAIT, until }, { signal: gone.signal })
      .catch(() => null);
    await waitFor(() => until === 'exit' || watches() > before.count, 20_000);
    gone.abort();
    await call;
    await waitFor(() => watches() <= before.count, 20_000);
  }
});

/** As the kernel counts them. */
function watchedFolders(pid: number): number {
  return readdirSync(`/proc/${pid}/fdinfo`)
    .map((fd) => fdinfo(`/proc/${pid}/fdinfo/${fd}`))
    .reduce((sum, text) => sum + (text.match(/^inotify /gm)?.length ?? 0), 0);
}

function fdinfo(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

test('an error amid a burst of 50 KB on stderr is in new_stderr, part by part', async () => {
  const server = served();
  const id = await server.start(
    'import sys\nfor i in range(2000): print("ERROR one" if i == 1000 else f"warning number {i:08d}", file=sys.stderr)',
  );
  let seen = '';
  for (let more: unknown = true; more;) {
    const job = await status(server, id);
    seen += job.new_stderr;
    ({ more } = job);
  }
  expect(seen).toContain('\nERROR one\n');
  expect(seen.split('\n')).toHaveLength(2001);
});

/** What an agent's tasks cost it: calls, and bytes of text that its model is shown. */
import { expect, test } from 'vitest';
import type { ToolReply } from '../support/mcp-session.ts';
import { onlyWheels } from '../support/only-wheels.ts';
import { type Reply, startServer, type TestServer } from '../support/start-server.ts';
import { shareTools } from '../support/used-home.ts';
import { fileServer } from './file-server.ts';

const served = fileServer();

/** One task: every call of it is counted, with what its reply shows. */
class Task {
  calls = 0;
  bytes = 0;
  /** All that was shown, to look for what the task was about. */
  shown = '';
  pictures = 0;
  readonly server: TestServer;

  constructor(server: TestServer) {
    this.server = server;
  }

  async call(tool: string, args: object): Promise<Reply> {
    const { content, isError }: ToolReply = await this.server.session.callTool(tool, args);
    const text = content.map((part) => part.text ?? '').join('\n');
    this.calls += 1;
    this.bytes += Buffer.byteLength(text);
    this.shown += text;
    this.pictures += content.filter(({ type }) => type === 'image').length;
    return !isError && text.startsWith('{') ? JSON.parse(content[0]?.text ?? '') : text;
  }

  run(code: string, more: object = {}): Promise<Reply> {
    const run = { directory: this.server.work, script_content: code };
    return this.call('py_run_script_in_dir', { ...run, ...more });
  }

  async start(code: string): Promise<string> {
    return (await this.run(code, { async_mode: true })).job_id;
  }

  async wait(id: string, more: object = {}): Promise<Reply> {
    const wait = { job_id: id, incremental: true, wait_seconds: 45 };
    return (await this.call('py_job_status', { ...wait, ...more })).job;
  }
}

/** A bar as tqdm draws it. */
const BAR = `
import sys, time
def draw(n, total, took):
    percent = 100 * n // total
    sys.stderr.write(f"\\rtraining: {percent:3d}%|{'#' * (percent // 10):<10}| {n}/{total} [{took:02d}:00<{total - n:02d}:00,  1.00it/s]")
    sys.stderr.flush()
`;

test('a quick run: 200 bytes around its output', async () => {
  const task = new Task(served());
  const output = 'a line of output, as scripts print them\n'.repeat(20);
  const { stdout } = await task.run(
    `print("a line of output, as scripts print them\\n" * 20, end="")`,
  );
  expect(stdout).toBe(output);
  expect(task).toMatchObject({ calls: 1 });
  expect(task.bytes - Buffer.byteLength(JSON.stringify(output))).toBeLessThanOrEqual(200);
});

test('a training script with a bar that crashes: started, watched and explained in 4 calls, 3 KB', async () => {
  const task = new Task(served());
  const id = await task.start(`${BAR}
def step(n):
    if n == 150:
        raise ValueError("loss is nan")
for n in range(200):
    if n % 50 == 0:
        print("epoch", n // 50, flush=True)
    draw(n, 200, n // 60)
    time.sleep(0.01)
    step(n)
`);
  const job = await task.wait(id);
  expect(job).toMatchObject({ status: 'failed', error: expect.stringContaining('loss is nan') });
  expect(task.shown).toMatch(/Traceback .*in step.*ValueError: loss is nan/s);
  const found = await task.call('py_job_output', { job_id: id, search: 'traceback' });
  expect(found).toMatch(/Traceback .*in step.*ValueError: loss is nan/s);
  expect(task.calls).toBeLessThanOrEqual(4);
  expect(task.bytes).toBeLessThanOrEqual(3_000);
});

test('a long job watched to its end: one poll in each wait, 1 KB each', async () => {
  const task = new Task(served());
  const WAIT_SECONDS = 0.5;
  const id = await task.start(`${BAR}
for n in range(200):
    if n % 10 == 0:
        print(f"epoch {n // 10}: loss 0.{900 - n}", flush=True)
    draw(n, 200, n // 60)
    time.sleep(0.02)
`);
  const started = task.bytes;
  for (let status = 'running'; status !== 'completed';) {
    const before = { bytes: task.bytes, at: Date.now() };
    ({ status } = await task.wait(id, { wait_seconds: WAIT_SECONDS }));
    const waited = Date.now() - before.at;
    if (status !== 'completed') expect(waited).toBeGreaterThanOrEqual(WAIT_SECONDS * 1000 - 5);
    expect(task.bytes - before.bytes).toBeLessThanOrEqual(1_024);
  }
  expect(started).toBeLessThanOrEqual(400);
  expect(task.shown).toContain('epoch 19: loss 0.710');
});

test('a job that prints all the time, watched: 2 calls, 1.4 KB', async () => {
  const task = new Task(served());
  const id = await task.start(
    'import time\nfor n in range(40): print(f"line {n}", flush=True); time.sleep(0.05)',
  );
  const job = await task.wait(id);
  expect(job).toMatchObject({ status: 'completed' });
  expect(job.new_stdout.split('\n')).toHaveLength(41);
  expect(task.calls).toBeLessThanOrEqual(2);
  expect(task.bytes).toBeLessThanOrEqual(1_400);
});

test('three jobs, waited for: 2 calls', async () => {
  const server = served();
  const ids = await Promise.all(
    [0, 0, 3].map((code) =>
      server.start(`import time; time.sleep(0.2)\nraise SystemExit(${code})`),
    ),
  );
  const task = new Task(server);
  const { jobs } = await task.call('py_job_status', { job_ids: ids, wait_seconds: 45 });
  expect(jobs.map((row: Reply) => row.exit_code)).toEqual([0, 0, 3]);
  expect(task.calls).toBeLessThanOrEqual(2);
  expect(task.bytes).toBeLessThanOrEqual(600);
});

test('three turns with a script that asks: 4 calls', async () => {
  const task = new Task(served());
  const { job_id: id } = await task.run(
    'for n in range(3): print("you said", input(f"question {n}? "))',
    { interactive: true },
  );
  for (const n of [0, 1, 2]) {
    const { new_stdout: said } = await task.call('py_send_input', {
      job_id: id,
      text: `answer ${n}\n`,
    });
    expect(said).toContain(`you said answer ${n}\n`);
  }
  expect(task.shown).toContain('"status":"completed"');
  expect(task.calls).toBeLessThanOrEqual(4);
  expect(task.bytes).toBeLessThanOrEqual(1_400);
});

test('eight figures: each of them is seen', async () => {
  const task = new Task(served());
  const { job_id: id, artifacts } = await task.run(`
import os, struct, zlib
def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
for n in range(8):
    with open(os.path.join(os.environ["PYTHON_MCP_ARTIFACTS"], f"figure-{n}.png"), "wb") as file:
        file.write(b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress((b"\\0" + b"\\x20\\x80\\xe0" * 8) * 8)) + chunk(b"IEND", b""))
`);
  expect(artifacts).toHaveLength(8);
  expect(task.bytes).toBeLessThanOrEqual(2_000);
  const seen = artifacts.filter(({ note }: Reply) => note?.startsWith('picture '));
  expect(task.pictures).toBe(seen.length);
  for (const { name } of artifacts.filter((entry: Reply) => !seen.includes(entry))) {
    const before = task.pictures;
    await task.call('py_job_output', { job_id: id, artifact: name });
    expect(task.pictures - before, name).toBe(1);
  }
  expect(task.calls).toBeLessThanOrEqual(1 + 8 - seen.length);
});

test('an installation that fails: its reply is enough for the right repair', async () => {
  const wheels = [{ name: 'pillow', version: '11.0', module: 'PIL' }];
  // On a busy machine pip takes long to find out; calls are counted, not seconds.
  const patient = { SMART_ASYNC_TIMEOUT_SECONDS: '45' };
  const server = await startServer({ env: { ...onlyWheels(wheels), ...patient } });
  shareTools(server.home);
  const task = new Task(server);
  const run = { script_content: 'import PIL; print(PIL.VERSION)' };
  const failed = await task.call('py_run_script_with_dependencies', {
    ...run,
    dependencies: ['PIL', 'no-such-thing-at-all'],
  });
  expect(task.bytes).toBeLessThanOrEqual(800);
  expect(failed).toContain('no-such-thing-at-all');
  const [, right = ''] = /\b(pillow)\b/i.exec(String(failed)) ?? [];
  const repaired = await task.call('py_run_script_with_dependencies', {
    ...run,
    dependencies: [right],
  });
  expect(repaired).toMatchObject({ status: 'completed', stdout: '11.0\n' });
  expect(task.calls).toBe(2);
});

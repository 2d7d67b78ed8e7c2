/** Of every kind of reply: no byte of output twice, no end but the recorded one, no more than was asked for. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Reply } from '../support/start-server.ts';
import { waitFor } from '../support/wait-for.ts';
import { fileServer } from './file-server.ts';

const served = fileServer();

/** Words that no other line has, in both streams, among what JSON has to escape and cleaning takes away. */
const WORDS = `
import os, sys, time
def say(lines, out=sys.stdout):
    for _ in range(lines):
        out.write(f'\\x1b[1mtok-{os.urandom(6).hex()}\\x1b[0m "\\\\\\\\" \\t\\x00\\x01 é€😀 \\rdone tok-{os.urandom(6).hex()}\\n')
    out.flush()
say(40)
say(40, sys.stderr)
`;
const LATE = 'time.sleep(0.3)\nsay(3)\nsay(3, sys.stderr)\n';

interface Way {
  code: string;
  run?: object;
  /** What its exit record says: null for none that is looked at. */
  exit: number;
}

/** Each way to end. */
const WAYS: Record<string, Way> = {
  'in order': { code: '', exit: 0 },
  'with a code': { code: 'sys.exit(3)', exit: 3 },
  'with an exception': { code: 'raise ValueError("no")', exit: 1 },
  'by a signal': { code: 'os.kill(os.getpid(), 9)', exit: 137 },
  'with more than fits': { code: 'say(2_000); say(2_000, sys.stderr)', exit: 0 },
};

test.each(Object.entries(WAYS))('a job that ends %s', async (_, { code, exit }) => {
  const server = served();
  const run = { directory: server.work, script_content: WORDS + LATE + code };
  const sync = await server.call('py_run_script_in_dir', run);
  once(sync);
  agrees(sync, exit);
  const id = await server.start(WORDS + LATE + code, { enable_streaming: true });
  const told = await repliesUntilEnd(id);
  expect(told.length).toBeGreaterThan(1);
  for (const reply of await finalReplies(id)) {
    once(reply);
    agrees(reply.job ?? reply.jobs?.[0] ?? reply, exit);
  }
  for (const text of await pages(id)) once(text);
});

test('jobs that are ended, and what they are asked', async () => {
  const server = served();
  const asks = `${WORDS}input("tok-ask ")\n${LATE}input()`;
  const run = { directory: server.work, script_content: asks, interactive: true };
  const moved = await server.call('py_run_script_in_dir', run);
  once(moved);
  expect(moved).toMatchObject({ status: 'running', waiting_for_input: 'tok-ask ' });
  const { job_id: id } = moved;
  const answer = await server.call('py_send_input', { job_id: id, text: '\n' });
  once(answer);
  // What the hand-over had shown does not come again.
  expect(wordsOf(answer).filter((word) => wordsOf(moved).includes(word))).toEqual([]);
  const cancelled = await server.call('py_cancel_job', { job_id: id, grace_seconds: 0 });
  expect(cancelled.status).toBe('cancelled');
  for (const reply of await finalReplies(id)) {
    once(reply);
    expect((reply.job ?? reply.jobs[0]).status).toBe('cancelled');
  }
  const late = await server.call('py_run_script_in_dir', {
    ...run,
    interactive: false,
    script_content: `${WORDS}time.sleep(600)`,
    timeout_seconds: 1,
  });
  once(late);
  expect([late.status, late.error]).toEqual([
    'failed',
    expect.stringContaining('time limit of 1 s'),
  ]);
});

test('benchmarks and cells of sessions', async () => {
  const server = served();
  const benchmark = await server.call('py_benchmark_script', { script_content: WORDS, runs: 2 });
  once(benchmark);
  const { job } = await server.call('py_job_status', { job_id: benchmark.job_id });
  expect(job.status).toBe('completed');
  const ask = (code: string) => server.call('py_session_run', { session: 'words', code });
  for (const code of [WORDS, 'say(5); 1 / 0', 'say(5); [1]', 'say(5); exit(4)'])
    once(await ask(code));
});

test('budgets hold as JSON, whatever was printed', async () => {
  const server = served();
  const id = await server.start(`${WORDS}say(3_000)\nsay(2_000, sys.stderr)`);
  await server.ended(id);
  const budgets = fc.oneof(
    fc.integer({ min: 200, max: 3_000 }),
    fc.integer({ min: 200, max: 60_000 }),
  );
  let reader = 0;
  const holds = async (max_bytes: number): Promise<void> => {
    const whole = await server.call('py_job_status', { job_id: id, max_bytes });
    const { stdout, stderr } = whole.job.result;
    expect(jsonBytes(stdout) + jsonBytes(stderr)).toBeLessThanOrEqual(max_bytes);
    once(whole);
    reader += 1;
    const status = { job_id: id, incremental: true, reader: String(reader), max_bytes };
    for (let page = 0; page < 2; page += 1) {
      const news = await server.call('py_job_status', status);
      const { new_stdout: out, new_stderr: err } = news.job;
      expect(jsonBytes(out) + jsonBytes(err)).toBeLessThanOrEqual(max_bytes);
      once(news);
    }
    const text = await server.text('py_job_output', {
      job_id: id,
      max_bytes: Math.min(max_bytes, 40_000),
    });
    const body = text.slice(text.indexOf('\n') + 1, text.lastIndexOf('\n'));
    expect(jsonBytes(body)).toBeLessThanOrEqual(Math.min(max_bytes, 40_000) * MARKS);
    once(text);
  };
  await fc.assert(fc.asyncProperty(budgets, holds), { numRuns: 25, endOnFailure: true });
});

/** The names of the streams before their lines are not counted. */
const MARKS = 1.25;

/** Polls without pause and compares each reply with the exit record before and after it. */
async function repliesUntilEnd(id: string): Promise<Reply[]> {
  const replies: Reply[] = [];
  const calls = [
    { job_id: id },
    { job_id: id, incremental: true, reader: 'a' },
    { job_id: id, incremental: true, reader: 'b', max_bytes: 400 },
    { job_ids: [id] },
  ];
  const ask = async (): Promise<boolean> => {
    const call = calls[replies.length % calls.length] ?? {};
    const before = exitOf(id);
    const reply = await served().call('py_job_status', call);
    const after = exitOf(id);
    const job = reply.job ?? reply.jobs[0];
    replies.push(reply);
    once(reply);
    const isFinal = ['completed', 'failed'].includes(job.status);
    if (before !== null) agrees(job, before);
    if (after === null) expect([job.status, isFinal]).not.toEqual([job.status, true]);
    return isFinal;
  };
  await waitFor(ask, 30_000, 'the end');
  return replies;
}

function agrees(job: Reply, exit: number): void {
  expect(job.status).toBe(exit === 0 ? 'completed' : 'failed');
  const code = job.result?.exit_code ?? job.exit_code;
  if (code !== undefined) expect(code).toBe(exit);
  if (exit !== 0) expect(job.error).toEqual(expect.any(String));
  else expect(job.error ?? null).toBeNull();
}

/** As the supervisor left it. */
function exitOf(id: string): number | null {
  try {
    const text = readFileSync(join(served().home, 'jobs', id, 'exit'), 'latin1');
    const code = /^(\d+);/.exec(text)?.[1];
    return code === undefined ? null : Number(code);
  } catch {
    return null;
  }
}

async function finalReplies(id: string): Promise<Reply[]> {
  const server = served();
  const status = (more: object) => server.call('py_job_status', { job_id: id, ...more });
  return [
    await status({}),
    await status({ incremental: true }),
    await status({ incremental: true }),
    await status({ incremental: true, reader: 'small', max_bytes: 300 }),
    await status({ until: 'tok-' }),
    await server.call('py_job_status', { job_ids: [id] }),
    { jobs: (await server.call('py_list_jobs', { search: id })).jobs },
  ];
}

async function pages(id: string): Promise<string[]> {
  const ask = (more: object) => served().text('py_job_output', { job_id: id, ...more });
  return [
    await ask({}),
    await ask({ tail: true }),
    await ask({ stream: 'stdout', raw: true }),
    await ask({ stream: 'stderr', max_bytes: 400 }),
    await ask({ search: 'tok-[0-4]', context_lines: 2 }),
    await ask({ until: 'tok-' }),
  ];
}

function wordsOf(reply: Reply): string[] {
  return (
    (typeof reply === 'string' ? reply : JSON.stringify(reply)).match(/tok-[0-9a-f]{12}/g) ?? []
  );
}

function once(reply: Reply): void {
  const words = wordsOf(reply);
  const twice = words.filter((word, at) => words.indexOf(word) !== at);
  expect(twice.length === 0 ? [] : [twice, reply]).toEqual([]);
}

/** Without the quotes around it. */
function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) - 2;
}

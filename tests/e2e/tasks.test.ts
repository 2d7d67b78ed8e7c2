/** The tasks extension: a job under the name of a task, for clients that declare it. */
import { describe, expect, test } from 'vitest';
import { startServer } from '../support/start-server.ts';
import { taskClient } from '../support/task-client.ts';
import { waitFor } from '../support/wait-for.ts';

const PLOT = `import os, zlib, struct
def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
png = b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0))
png += chunk(b"IDAT", zlib.compress((b"\\0" + b"\\xff\\0\\0" * 4) * 4)) + chunk(b"IEND", b"")
open(os.path.join(os.environ["PYTHON_MCP_ARTIFACTS"], "plot.png"), "wb").write(png)
`;

test('a run in the background is a task at once, and its end brings the whole result', async () => {
  const client = taskClient();
  const task = await client.run(`${PLOT}print("done", 6 * 7)`, { async_mode: true });
  expect(task).toMatchObject({ resultType: 'task', status: 'working', ttlMs: null });
  for (const name of ['result', 'error', 'inputRequests']) expect(task).not.toHaveProperty(name);
  expect(Date.parse(task.createdAt)).toBeLessThanOrEqual(Date.parse(task.lastUpdatedAt));
  expect(client.jobIds()).toEqual([task.taskId]);
  const { status, result } = await client.settled(task.taskId);
  expect(status).toBe('completed');
  expect(result.resultType).toBe('complete');
  expect(JSON.parse(result.content[0].text)).toMatchObject({
    job_id: task.taskId,
    status: 'completed',
    stdout: 'done 42\n',
  });
  expect(result.content.map(({ type }: { type: string }) => type)).toContain('image');
});

test('a call that takes longer than a few seconds becomes a task; its message is the newest line', async () => {
  const client = taskClient();
  const script = 'import time\nfor i in range(600):\n    print("row", i)\n    time.sleep(0.1)';
  const task = await client.run(script);
  expect(task).toMatchObject({ resultType: 'task', status: 'working' });
  expect(task.statusMessage).toMatch(/^row \d+$/);
  expect(task.pollIntervalMs).toBe(1_000);
  const told = client.told().filter((method) => method === 'notifications/progress').length;
  const later = async () =>
    (await client.request('tasks/get', { taskId: task.taskId })).statusMessage !==
    task.statusMessage;
  await waitFor(later, 20_000, 'the next line');
  // A task has its message instead.
  expect(client.told().filter((method) => method === 'notifications/progress').length).toBe(told);
  expect(await client.request('tasks/update', { taskId: task.taskId })).toMatchObject({});
  await client.request('tasks/cancel', { taskId: task.taskId });
  const ended = await client.settled(task.taskId);
  expect(ended.status).toBe('cancelled');
  expect(ended).not.toHaveProperty('result');
  expect(await client.processes()).toEqual([]);
});

test('a quick run is a plain result, and so is one that asks its caller', async () => {
  const client = taskClient();
  const quick = await client.run('print(1)');
  expect(quick.resultType).toBe('complete');
  expect(quick.structuredContent).toMatchObject({ status: 'completed' });
  const asking = await client.run('input()', { async_mode: true, interactive: true });
  expect(asking.resultType).toBe('complete');
  const { job_id: taskId } = asking.structuredContent;
  await client.request('tasks/cancel', { taskId });
  await client.settled(taskId);
});

test('what there was to say about the arguments of a task is said in its result', async () => {
  const client = taskClient();
  const task = await client.run('print(1)', { async_mode: true, colour: 'blue' });
  const { result } = await client.settled(task.taskId);
  expect(JSON.parse(result.content[0].text).notes).toEqual(['ignored unknown parameter colour']);
});

test('a script that fails is a completed task; one that cannot start says why as its result', async () => {
  const client = taskClient();
  const failed = await client.run('1 / 0', { async_mode: true });
  const end = await client.settled(failed.taskId);
  expect(end.status).toBe('completed');
  expect(end.result.isError).toBeUndefined();
  expect(JSON.parse(end.result.content[0].text)).toMatchObject({ status: 'failed', exit_code: 1 });
  expect(end.statusMessage).toMatch(/exit|ZeroDivisionError/i);
});

test('a task survives its server, and is unknown when it was pruned', async () => {
  const first = taskClient();
  const { taskId } = await first.run('import time\ntime.sleep(1)\nprint("after")', {
    async_mode: true,
  });
  await waitFor(async () => (await first.processes()).length > 0, 20_000, 'its start');
  process.kill(first.pid, 'SIGKILL');
  const second = taskClient({ on: first });
  const { status, result } = await second.settled(taskId);
  expect(status).toBe('completed');
  expect(JSON.parse(result.content[0].text).stdout).toBe('after\n');
  const pruned = async () => {
    const args = { keep_completed: false, max_age_hours: 0 };
    const call = { name: 'py_prune_jobs', arguments: args };
    return (await second.request('tools/call', call)).structuredContent.removed === 1;
  };
  await waitFor(pruned, 20_000, 'its removal'); // the end is seen before it is written down
  for (const method of ['tasks/get', 'tasks/cancel', 'tasks/update']) {
    expect(await second.refusal(method, { taskId })).toMatchObject({
      code: -32_602,
      message: expect.stringContaining(`There is no job "${taskId}"`),
    });
  }
});

describe('a client that does not declare the extension', () => {
  test('gets plain replies, and no tasks', async () => {
    const client = taskClient({ declares: false });
    const { resultType, structuredContent } = await client.run('print(1)', { async_mode: true });
    expect(resultType).toBe('complete');
    const { job_id: taskId } = structuredContent;
    expect(await client.refusal('tasks/get', { taskId })).toMatchObject({ code: -32_021 });
  });

  test('of an earlier era, too', async () => {
    const server = await startServer({ era: 'legacy' });
    const reply = await server.session.callTool('py_run_script_in_dir', {
      directory: server.work,
      script_content: 'print(1)',
      async_mode: true,
    });
    expect(reply.structuredContent).toHaveProperty('job_id');
    await server.ended(String(reply.structuredContent?.['job_id']));
  });
});

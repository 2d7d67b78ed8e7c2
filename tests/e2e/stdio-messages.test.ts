import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type RawServer, startRawServer } from '../support/raw-server.ts';
import { testHome } from '../support/test-home.ts';
import { waitFor } from '../support/wait-for.ts';

interface Reply {
  id: unknown;
  error?: { code: number; message: string };
  result?: { structuredContent?: Record<string, unknown>; content?: { text: string }[] };
}

function replyTo(server: RawServer, id: unknown): Promise<Reply> {
  const find = () =>
    server.lines.map((line) => JSON.parse(line) as Reply).find((reply) => reply.id === id);
  return waitFor(find, 30_000, `the reply to ${String(id)}`);
}

test('a message that is too long is refused, and runs that others wait for go on', async () => {
  const home = testHome();
  const server = await startRawServer(home);
  const script_content = `import os, time
while not os.path.exists("go"): time.sleep(0.02)
print("done")`;
  const args = { directory: home.work, script_content };
  send(server, 100, 'tools/call', { name: 'py_run_script_in_dir', arguments: args });
  await waitFor(() => home.jobIds()[0], 20_000, 'the job');
  const stdin = { job_id: 'x', text: 'x'.repeat(40 * 1024 * 1024) };
  send(server, 'long', 'tools/call', { name: 'py_send_input', arguments: stdin });
  expect((await replyTo(server, 'long')).error).toMatchObject({ code: -32_600 });
  writeFileSync(join(home.work, 'go'), '');
  expect((await replyTo(server, 100)).result?.structuredContent).toMatchObject({
    status: 'completed',
    stdout: 'done\n',
  });
  server.process.stdin?.end();
  expect(await server.exited(10_000)).toBe(0);
});

test('a script that is too long is told its own limit', async () => {
  const home = testHome();
  const server = await startRawServer(home);
  const args = { directory: home.work, script_content: `#${'x'.repeat(17 * 1024 * 1024)}` };
  send(server, 7, 'tools/call', { name: 'py_run_script_in_dir', arguments: args });
  const { result } = await replyTo(server, 7);
  expect(result?.content?.[0]?.text).toMatch(/^script_content: 17825793 characters are too many/);
  server.process.stdin?.end();
});

test('what is no message is answered, and the next one read', async () => {
  const server = await startRawServer(testHome());
  server.process.stdin?.write('not json\n');
  expect((await replyTo(server, null)).error).toMatchObject({ code: -32_700 });
  send(server, 8, 'tools/list', 'no');
  expect((await replyTo(server, 8)).error).toMatchObject({ code: -32_600 });
  server.process.stdin?.write('\ufeff{"jsonrpc":"2.0","id":9,"method":"ping"}\n');
  expect((await replyTo(server, 9)).result).toEqual({});
  server.process.stdin?.end();
  expect(await server.exited(10_000)).toBe(0);
});

function send(server: RawServer, id: unknown, method: string, params: unknown): void {
  server.send({ jsonrpc: '2.0', id, method, params });
}

/**
 * A reader gets every byte once also when its calls are cancelled, come several at a time, or are
 * under way when the server ends: what was in a reply that never came is in the next one.
 */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type RawServer, startRawServer } from '../support/raw-server.ts';
import type { Reply } from '../support/start-server.ts';
import { type TestHome, testHome } from '../support/test-home.ts';
import { waitFor } from '../support/wait-for.ts';

const CALLS = 300;
/** A line now and then, so that calls meet new output, none, and the end. */
const PRINTING = `
import sys, time
for n in range(1_000_000):
    print("line", n, "of stdout", flush=True)
    if n % 3 == 0: print("line", n, "of stderr", file=sys.stderr, flush=True)
    time.sleep(0.001)
    if sys.stdin in __import__("select").select([sys.stdin], [], [], 0)[0]: break
`;
/** What came in replies, in the order in which it came. */
interface Had {
  stdout: string;
  stderr: string;
}

let lastId = 1_000;

function statusCall(jobId: string): { id: number; call: object } {
  const id = (lastId += 1);
  const params = { name: 'py_job_status', arguments: { job_id: jobId, incremental: true } };
  return { id, call: { jsonrpc: '2.0', id, method: 'tools/call', params } };
}

function cancellationOf(requestId: number): object {
  return { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } };
}

function sendAtOnce(server: RawServer, messages: object[]): void {
  server.process.stdin?.write(messages.map((message) => `${JSON.stringify(message)}\n`).join(''));
}

/** Of replies to the calls above, however many of them came. */
function repliesOf(server: RawServer): Reply[] {
  return server.lines
    .map((line) => JSON.parse(line))
    .filter(({ id, result }) => id > 1_000 && result)
    .map(({ result }) => result.structuredContent.job ?? result.structuredContent);
}

function hadFrom(...servers: RawServer[]): Had {
  const jobs = servers.flatMap(repliesOf);
  const all = (stream: 'stdout' | 'stderr') => jobs.map((job) => job[`new_${stream}`]).join('');
  return { stdout: all('stdout'), stderr: all('stderr') };
}

async function startJob(server: RawServer, home: TestHome, code: string): Promise<string> {
  const run = { directory: home.work, script_content: code, async_mode: true, interactive: true };
  const params = { name: 'py_run_script_in_dir', arguments: run };
  return (await call(server, params)).job_id;
}

async function call(server: RawServer, params: object): Promise<Reply> {
  return (await server.request('tools/call', params))['structuredContent'];
}

async function endJob(server: RawServer, id: string): Promise<void> {
  lastId += 1;
  const params = { name: 'py_send_input', arguments: { job_id: id, text: '\n' } };
  const request = lastId; // its reply carries output, too
  server.send({ jsonrpc: '2.0', id: request, method: 'tools/call', params });
  await waitFor(() => replyTo(server, request), 20_000, 'an answer');
}

/** As an agent goes on after everything that happened; ends with the final status. */
async function readToEnd(server: RawServer, id: string): Promise<void> {
  const ended = async () => {
    const { id: request, call: message } = statusCall(id);
    server.send(message);
    const reply = await waitFor(() => replyTo(server, request), 20_000, 'a reply');
    const { status, more } = reply.result.structuredContent.job;
    return status !== 'running' && !more;
  };
  await waitFor(ended, 30_000, 'the final status');
}

function replyTo(server: RawServer, id: number): Reply {
  return server.lines.map((line) => JSON.parse(line)).find((reply) => reply.id === id);
}

function expectAll(home: TestHome, id: string, had: Had): void {
  expect(had.stdout).toBe(home.output(id, 'stdout').toString());
  expect(had.stderr).toBe(home.output(id, 'stderr').toString());
}

function homeEndedWith(servers: RawServer[]): TestHome {
  return testHome(async () => {
    for (const { process } of servers) {
      if (process.exitCode === null) process.stdin?.end();
      if (process.exitCode === null) await once(process, 'exit');
    }
  });
}

async function newServer(servers: RawServer[], home: TestHome): Promise<RawServer> {
  const server = await startRawServer(home);
  servers.push(server);
  return server;
}

test(`${CALLS} calls cancelled at random moments lose no byte`, async () => {
  const servers: RawServer[] = [];
  const home = homeEndedWith(servers);
  const server = await newServer(servers, home);
  const id = await startJob(server, home, PRINTING);
  const asked: number[] = [];
  for (let n = 0; n < CALLS; n += 1) {
    const { id: request, call: message } = statusCall(id);
    asked.push(request);
    const delay = Math.random() * 4;
    if (delay < 1) sendAtOnce(server, [message, cancellationOf(request)]);
    else {
      server.send(message);
      await sleep(delay - 1);
      server.send(cancellationOf(request));
    }
  }
  await endJob(server, id);
  await readToEnd(server, id);
  const unanswered = asked.filter((request) => !replyTo(server, request));
  expect(unanswered.length).toBeGreaterThan(CALLS / 10);
  expectAll(home, id, hadFrom(server));
});

test('the end is told to a reader whose first call that would have told it was cancelled', async () => {
  const servers: RawServer[] = [];
  const home = homeEndedWith(servers);
  const server = await newServer(servers, home);
  const id = await startJob(server, home, 'print("precious", end="")');
  const ended = async () => {
    const status = { name: 'py_job_status', arguments: { job_id: id, reader: 'other' } };
    return (await call(server, status)).job.status === 'completed';
  };
  await waitFor(ended, 20_000);
  const { id: request, call: message } = statusCall(id);
  sendAtOnce(server, [message, cancellationOf(request)]);
  await readToEnd(server, id);
  expect(replyTo(server, request)).toBeUndefined();
  expect(repliesOf(server)).toMatchObject([{ status: 'completed', new_stdout: 'precious' }]);
});

test('calls of one reader at the same time get one part each', async () => {
  const servers: RawServer[] = [];
  const home = homeEndedWith(servers);
  const server = await newServer(servers, home);
  const id = await startJob(server, home, PRINTING);
  for (let round = 0; round < 10; round += 1) {
    sendAtOnce(
      server,
      Array.from({ length: 20 }, () => statusCall(id).call),
    );
    await waitFor(() => repliesOf(server).length === 20 * (round + 1), 20_000, 'all replies');
  }
  await endJob(server, id);
  await readToEnd(server, id);
  expectAll(home, id, hadFrom(server));
});

test('calls that are under way when a server ends in order lose no byte', async () => {
  const servers: RawServer[] = [];
  const home = homeEndedWith(servers);
  let server = await newServer(servers, home);
  const id = await startJob(server, home, PRINTING);
  for (let round = 0; round < 12; round += 1) {
    await readSome(server, id, round);
    sendAtOnce(server, [statusCall(id).call, statusCall(id).call]);
    await sleep(Math.random() * 3);
    if (round % 2 === 0) server.process.stdin?.end();
    else server.process.kill('SIGTERM');
    await server.exited(20_000);
    server = await newServer(servers, home);
  }
  await endJob(server, id);
  await readToEnd(server, id);
  expectAll(home, id, hadFrom(...servers));
});

async function readSome(server: RawServer, id: string, round: number): Promise<void> {
  const before = repliesOf(server).length;
  server.send(statusCall(id).call);
  await waitFor(() => repliesOf(server).length > before, 20_000, `a reply in round ${round}`);
}

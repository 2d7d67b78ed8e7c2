import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { startHttpServer } from '../../integration/http/http-server.ts';
import { connectHttp, ERAS, type McpSession } from '../../support/mcp-session.ts';
import { waitFor } from '../../support/wait-for.ts';

const CLIENTS = 50;
const CALLS = 20;
const MOST_GROWTH_MB = 20;

test('1,000 calls by 50 clients get their own answers, and leave nothing in the server', async () => {
  const server = await startHttpServer();
  const jobs = await Promise.all([0, 1, 2].map((n) => server.start(`print("mine", ${n})`)));
  await Promise.all(jobs.map((id) => server.ended(id)));
  const round = async (calls: number): Promise<void> => {
    const clients = await Promise.all(
      Array.from({ length: CLIENTS }, (_, n) => connectHttp(ERAS[n % 3] ?? 'modern', server)),
    );
    await Promise.all(
      clients.map((client, n) => read(client, calls, jobs[n % 3] ?? '', `mine ${n % 3}\n`)),
    );
    await Promise.all(clients.map((client) => client.close()));
  };
  await round(2); // what is compiled and cached once
  const before = { files: openFiles(server.pid), megabytes: residentMb(server.pid) };
  await round(CALLS);
  await waitFor(
    () => openFiles(server.pid) <= before.files + 3,
    30_000,
    'connections to be closed',
  );
  const isBack = () => residentMb(server.pid) <= before.megabytes + MOST_GROWTH_MB;
  await waitFor(isBack, 30_000, `memory to be given back: ${before.megabytes} MB before`);
  expect(server.printed()).not.toMatch(/MaxListeners|Warning/);
});

async function read(client: McpSession, calls: number, id: string, text: string): Promise<void> {
  for (let call = 0; call < calls; call += 1) {
    const reply = await client.callTool('py_job_output', { job_id: id });
    expect(reply.content[0]?.text).toContain(text);
  }
}

function openFiles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

function residentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024);
}

import { expect, test } from 'vitest';
import { ERAS } from '../support/mcp-session.ts';
import { type Reply, startServer, type TestServer } from '../support/start-server.ts';

function run(server: TestServer): Promise<Reply> {
  return server.call('py_run_script_in_dir', {
    directory: server.work,
    script_content: 'print(1)',
  });
}

test('every job is known to be of the client that asked for it, in every era', async () => {
  const names = { modern: 'claude-code', legacy: 'codex', 'sdk v1': 'cursor' };
  const home = await startServer({ client: { name: 'first', version: '0.9' } });
  await run(home);
  for (const era of ERAS) {
    const client = { name: names[era], version: '2.1' };
    await run(await startServer({ on: home, era, client }));
  }
  const { jobs } = await home.call('py_list_jobs');
  expect(jobs.map(({ client }: Reply) => client)).toEqual([
    'cursor 2.1',
    'codex 2.1',
    'claude-code 2.1',
    'first 0.9',
  ]);
  const { job } = await home.call('py_job_status', { job_id: jobs[1].id });
  expect(job.client).toBe('codex 2.1');
});

test('the name of a client is plain text of a bounded length, whatever it says', async () => {
  const client = {
    name: `\u001b[31mred\u202e\n${'long '.repeat(10_000)}`,
    version: '\u0000\u200b',
  };
  const server = await startServer({ client });
  await run(server);
  const { jobs } = await server.call('py_list_jobs');
  expect(jobs[0].client).toBe(`red ${'long '.repeat(12)}`.trim());
});

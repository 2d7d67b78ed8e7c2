/** Prompts as clients list, complete and get them. */
import { describe, expect, test } from 'vitest';
import { startServer, type TestServer } from '../support/start-server.ts';

async function textOf(
  server: TestServer,
  name: string,
  args: Record<string, string>,
): Promise<string> {
  const { messages } = await server.session.client.getPrompt({ name, arguments: args });
  expect(messages).toHaveLength(1);
  const content = messages[0]?.content;
  return content?.type === 'text' ? content.text : '';
}

describe.each(['modern', 'legacy'] as const)('in the %s era', (era) => {
  test('there are three, of which two know the ids of jobs', async () => {
    const server = await startServer({ era });
    const { client } = server.session;
    const { prompts } = await client.listPrompts();
    const listed = prompts.map(({ name, arguments: args }) => [name, args?.map((arg) => arg.name)]);
    expect(listed).toEqual([
      ['debug-job', ['job_id']],
      ['watch-job', ['job_id']],
      ['write-streaming-script', ['task']],
    ]);
    const id = await server.start('1 / 0', { job_label: 'halves' });
    await server.ended(id);
    const ref = { type: 'ref/prompt' as const, name: 'debug-job' };
    const argument = { name: 'job_id', value: id.slice(0, 4) };
    const { completion } = await client.complete({ ref, argument });
    expect(completion.values).toEqual([id]);
    const text = await textOf(server, 'debug-job', { job_id: id });
    expect(text).toMatch(new RegExp(`^Job ${id} \\(halves\\) is failed: .*`));
    expect(text).toContain(`py_job_output(job_id="${id}", search="traceback")`);
  });
});

test('every tool and parameter that a prompt names is one', async () => {
  const server = await startServer();
  const id = await server.start('import time\ntime.sleep(60)');
  const { tools } = await server.session.client.listTools();
  const texts = [
    await textOf(server, 'debug-job', { job_id: id }),
    await textOf(server, 'watch-job', { job_id: id }),
    await textOf(server, 'write-streaming-script', { task: 'Train the model.' }),
  ];
  expect(texts[2]).toContain('Train the model.');
  const calls = texts.join('\n').matchAll(/(py_\w+)\(([^)]*)\)/g);
  for (const [, name, args = ''] of calls) {
    const { properties = {} } = tools.find((tool) => tool.name === name)?.inputSchema ?? {};
    const named = [...args.matchAll(/(\w+)=/g)].map(([, parameter = '']) => parameter);
    expect(Object.keys(properties)).toEqual(expect.arrayContaining(named));
  }
});

test('a job that is not there has no prompt', async () => {
  const { session } = await startServer();
  const asked = session.client.getPrompt({ name: 'watch-job', arguments: { job_id: 'nope' } });
  await expect(asked).rejects.toThrow('There is no job "nope"');
});

/** What a client is told of a resource that it wants to hear of. */
import type { Client } from '@modelcontextprotocol/client';
import { describe, expect, test } from 'vitest';
import { startServer } from '../support/start-server.ts';
import { waitFor } from '../support/wait-for.ts';

interface Hearing {
  /** Milliseconds at which something was heard. */
  times: number[];
  /** What the resource held each time. */
  read: Promise<string>[];
  stop: () => Promise<unknown>;
}

const TOLD = 'notifications/resources/updated';

async function hear(client: Client, era: 'modern' | 'legacy', uri: string): Promise<Hearing> {
  const times: number[] = [];
  const read: Promise<string>[] = [];
  client.setNotificationHandler(TOLD, ({ params }) => {
    if (params.uri !== uri) return;
    times.push(performance.now());
    read.push(client.readResource({ uri }).then(({ contents }) => textOf(contents)));
  });
  if (era === 'modern') {
    const listening = await client.listen({ resourceSubscriptions: [uri] });
    return { times, read, stop: () => listening.close() };
  }
  await client.subscribeResource({ uri });
  return { times, read, stop: () => client.unsubscribeResource({ uri }) };
}

function textOf(contents: object[]): string {
  return contents.map((content) => ('text' in content ? String(content.text) : '')).join('');
}

const FLOOD = 'import time\nfor i in range(150):\n    print(i)\n    time.sleep(0.01)\n';

describe.each(['modern', 'legacy'] as const)('in the %s era', (era) => {
  test('output that grows all the time is told now and then, and last at the end', async () => {
    const server = await startServer({ era });
    const { client } = server.session;
    const id = await server.start(FLOOD);
    const uri = `job://${id}/stdout`;
    const { times, read } = await hear(client, era, uri);
    await server.ended(id);
    const end = performance.now();
    await waitFor(
      async () => (await read.at(-1))?.includes('149\n'),
      20_000,
      'the news of the end',
    );
    // Timers may come a little early, and messages that waited come together.
    expect(times.length).toBeGreaterThan(1);
    expect(times.length).toBeLessThanOrEqual((end - (times[0] ?? 0)) / 240 + 3);
  });

  test('the list of jobs is told of a new one, until nobody listens', async () => {
    const server = await startServer({ era });
    const { times, stop } = await hear(server.session.client, era, 'job://list');
    await server.ended(await server.start('print(1)'));
    await waitFor(() => times.length > 0, 20_000, 'news of the list');
    await stop();
    await server.call('py_list_jobs', { limit: 1 }); // answered behind all that was told before
    const before = times.length;
    await server.ended(await server.start('print(2)'));
    await server.ended(await server.start('print(3)'));
    expect(times.length).toBe(before);
  });
});

test('a job that is not there cannot be subscribed to', async () => {
  const server = await startServer({ era: 'legacy' });
  const uri = `job://${'x'.repeat(32)}/stdout`;
  await expect(server.session.client.subscribeResource({ uri })).rejects.toThrow('There is no job');
  await expect(
    server.session.client.subscribeResource({ uri: 'file:///etc/passwd' }),
  ).rejects.toThrow('There is no resource "file:///etc/passwd"');
});

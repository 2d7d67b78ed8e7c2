/** Case 35: a bookmark of yesterday opens today: address and token are the same after a restart. */
import { expect, test } from 'vitest';
import { startHttpServer } from '../../integration/http/http-server.ts';

test('35 token-of-yesterday: the link of one start is good after the next', async () => {
  const yesterday = await startHttpServer();
  expect((await yesterday.ask('GET', '/api/v1/jobs')).status).toBe(200);
  await yesterday.stop();
  const today = await startHttpServer({ on: yesterday });
  const headers = { authorization: `Bearer ${yesterday.token}` };
  const answer = await fetch(new URL('/api/v1/jobs', today.url), { headers });
  expect(answer.status).toBe(200);
});

/** One server for the tests of a file that do not need one of their own. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { Era } from '../support/mcp-session.ts';
import { cancelAll, spawnServer, type TestServer } from '../support/start-server.ts';
import { newHome, refuseLeaks } from '../support/test-home.ts';
import { likeUsed } from '../support/used-home.ts';

/**
 * It starts before the first test and ends behind the last; nothing is left behind a test.
 * @returns how tests get at it
 */
export function fileServer(era: Era = 'legacy'): () => TestServer {
  let server: TestServer | undefined;
  let end = async (): Promise<void> => {};
  beforeAll(async () => {
    const home = newHome(async () => server?.session.close());
    end = home.end;
    likeUsed(home.test.home);
    server = await spawnServer(home.test, { era });
  });
  afterEach(async () => {
    if (!server) return;
    await cancelAll(server);
    await refuseLeaks(server);
    await removeAll(server);
  });
  afterAll(() => end());
  return () => {
    if (!server) throw new Error('the server of the file starts with its first test');
    return server;
  };
}

/** No job is left, no script, and no file of theirs or of the tests themselves. */
async function removeAll(server: TestServer): Promise<void> {
  const all = { keep_completed: false, keep_failed: false, keep_cancelled: false };
  await server.call('py_prune_jobs', { ...all, max_age_hours: 0 });
  const folders = [server.work, join(server.home, 'jobs'), join(server.home, 'scripts')];
  for (const folder of folders) {
    for (const name of readdirSync(folder)) {
      rmSync(join(folder, name), { recursive: true, force: true });
    }
  }
}

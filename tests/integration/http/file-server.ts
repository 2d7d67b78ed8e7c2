/** One server for the tests of a file that do not need one of their own. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { newHome, refuseLeaks } from '../../support/test-home.ts';
import { likeUsed } from '../../support/used-home.ts';
import { cancelAll, type HttpTestServer, serveOn } from './http-server.ts';

/**
 * It starts before the first test and ends behind the last.
 * @param keepJobs ended ones, for other tests to look at; else nothing is left behind a test
 * @returns how tests get at it
 */
export function fileServer({ keepJobs = false } = {}): () => HttpTestServer {
  let server: HttpTestServer | undefined;
  let end = async (): Promise<void> => {};
  beforeAll(async () => {
    const home = newHome(async () => void (await server?.stop()));
    end = home.end;
    likeUsed(home.test.home);
    server = await serveOn(home.test, {});
  });
  afterEach(async () => {
    if (!server) return;
    await cancelAll(server);
    await refuseLeaks(server);
    if (!keepJobs) await removeAll(server);
  });
  afterAll(() => end());
  return () => {
    if (!server) throw new Error('the server of the file starts with its first test');
    return server;
  };
}

/** No job is left, running or not, no script, and no file of theirs or of the tests themselves. */
async function removeAll(server: HttpTestServer): Promise<void> {
  const all = { keep_completed: false, keep_failed: false, keep_cancelled: false };
  await server.post('/api/v1/jobs/prune', { ...all, max_age_hours: 0 });
  for (const folder of ['jobs', 'scripts']) empty(join(server.home, folder));
  empty(server.work);
}

function empty(folder: string): void {
  for (const name of readdirSync(folder)) {
    rmSync(join(folder, name), { recursive: true, force: true });
  }
}

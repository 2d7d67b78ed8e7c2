/**
 * Cells from three servers that are killed while they send. With PYTHON_MCP_HEAVY=1 thousands, else a few hundred.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HEAVY } from '../../support/heavy.ts';
import { startServer, type TestServer } from '../../support/start-server.ts';
import { waitFor } from '../../support/wait-for.ts';

const LIMIT_MS = HEAVY ? 900_000 : 60_000;
const ROUNDS = HEAVY ? 30 : 3;
const CELLS_EACH = HEAVY ? 100 : 40;

test(
  'each accepted cell has exactly one record; their ranges joined are the log',
  async () => {
    const home = await startServer();
    const first = await home.call('py_session_run', { session: 'main', code: 'count = 0' });
    const folder = join(home.home, 'jobs', first.job_id, 'work', '.python_mcp', 'cells');
    for (let round = 0; round < ROUNDS; round += 1) await sendAndKill(home);
    const numbers = (kind: string) =>
      readdirSync(folder)
        .filter((name) => name.endsWith(kind))
        .map((name) => Number.parseInt(name, 10))
        .sort((a, b) => a - b);
    const accepted = numbers('.json');
    await waitFor(() => numbers('.record').length === accepted.length, 60_000, 'all records');

    expect(accepted).toEqual(accepted.map((_, index) => index + 1));
    expect(accepted.length).toBeGreaterThan(ROUNDS * CELLS_EACH);
    let at = 0;
    const log = home.output(first.job_id, 'stdout').toString();
    for (const cell of accepted) {
      const base = join(folder, String(cell).padStart(6, '0'));
      const { code } = JSON.parse(readFileSync(`${base}.json`, 'utf8'));
      const { status, from, to } = JSON.parse(readFileSync(`${base}.record`, 'utf8'));
      expect({ cell, status, from: from[0] }).toEqual({ cell, status: 'ok', from: at });
      const word = /'(\S+)'/.exec(code)?.[1];
      expect(log.slice(from[0], to[0])).toBe(word ? `${word} ${cell - 1}\n`.repeat(3) : '');
      at = to[0];
    }
    expect(at).toBe(log.length);
  },
  LIMIT_MS,
);

/** The replies of what was under way are lost with the server; the cells are not. */
async function sendAndKill(home: TestServer): Promise<void> {
  const servers = [await startServer({ on: home }), await startServer({ on: home })];
  const work = [home, ...servers].map(async (server) => {
    for (let n = 0; n < CELLS_EACH; n += 1) {
      const word = `p${server.pid}-${n}`;
      const code = `count += 1\nfor _ in range(3): print('${word}', count)`;
      await server.call('py_session_run', { session: 'main', code, wait_seconds: n % 3 });
    }
  });
  const settled = Promise.allSettled(work); // before the kill: nobody else hears of what is refused then
  await Promise.race(work.slice(1)); // one through, the other in the middle of it or behind
  await Promise.all(servers.map((server) => server.kill('SIGKILL')));
  const [mine] = await settled;
  expect(mine).toMatchObject({ status: 'fulfilled' });
}

/** An interrupt names its cell: one that comes late hits neither the cell behind nor the session. */
import { expect, test } from 'vitest';
import { HEAVY } from '../../support/heavy.ts';
import { startServer } from '../../support/start-server.ts';

const LIMIT_MS = HEAVY ? 900_000 : 60_000;
const TIMES = HEAVY ? 2000 : 30;

test(
  `${TIMES} interrupts around the end of their cell, none astray`,
  async () => {
    const server = await startServer();
    const run = (code: string) =>
      server.call('py_session_run', { session: 'main', code, wait_seconds: 45 });
    const { job_id: id } = await run('import time');
    for (let n = 0; n < TIMES; n += 1) {
      const cell = 2 + 2 * n;
      const meant = run(`time.sleep(${(n % 10) / 1000})`);
      const next = run('sum(range(20_000))');
      await server.call('py_job_status', { job_id: id });
      await server.call('py_cancel_job', { job_id: id, cell });
      const [first, second] = await Promise.all([meant, next]);
      expect(first.cell).toBe(cell);
      expect(['ok', 'interrupted', 'cancelled']).toContain(first.status);
      expect(second).toMatchObject({ status: 'ok', value: { text: '199990000' } });
    }
  },
  LIMIT_MS,
);

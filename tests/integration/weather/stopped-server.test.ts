/** A server that stands still (a closed lid, a debugger, a swapped-out machine) beside one that does not. */
import { expect, test } from 'vitest';
import { startServer } from '../../support/start-server.ts';
import { waitFor } from '../../support/wait-for.ts';

test('jobs of a stopped server end, are cancelled and pruned by another, and it agrees later', async () => {
  const stopped = await startServer();
  const other = await startServer({ on: stopped });
  const ending = await stopped.start(
    'import time\nprint("up", flush=True)\ntime.sleep(2)\nexit(3)',
  );
  const lasting = await stopped.start('import time\nprint("up", flush=True)\ntime.sleep(600)');
  await waitFor(() => stopped.output(lasting, 'stdout').length > 0, 20_000, 'the scripts');
  process.kill(stopped.pid, 'SIGSTOP');
  try {
    expect((await other.ended(ending)).outcome).toEqual({ kind: 'exited', code: 3 });
    await other.call('py_cancel_job', { job_id: lasting, grace_seconds: 0 });
    expect((await other.ended(lasting)).status).toBe('cancelled');
    expect((await other.ended(await other.start('print("new")'))).status).toBe('completed');
  } finally {
    process.kill(stopped.pid, 'SIGCONT');
  }
  expect((await stopped.ended(lasting)).status).toBe('cancelled');
  expect((await stopped.ended(ending)).outcome).toEqual({ kind: 'exited', code: 3 });
});

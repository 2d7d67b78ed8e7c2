/** One incremental poll near the end of a log of 1 GB, against one of 1 MB. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { encodeCursor } from '../src/core/cursor.ts';
import { openDatabase } from '../src/store/database.ts';
import { JobStore } from '../src/store/job-store.ts';
import { interleaved, type Medians, settle, timed } from './measure.ts';
import { newHome, readNew, type Run, startJob } from './run.ts';
import { type Server, startServer } from './server.ts';

const MB = 1_000_000;

export async function pollLargeLog(run: Run): Promise<Medians> {
  const home = newHome(run);
  const server = await startServer(home);
  const small = await logOf(MB, server, home);
  const large = await logOf(1000 * MB, server, home);
  try {
    return await interleaved(run.quick ? 50 : 200, large.poll, small.poll);
  } finally {
    await small.end();
    await large.end();
    await server.stop();
  }
}

interface GrowingLog {
  poll: () => Promise<number>;
  end: () => Promise<unknown>;
}

async function logOf(size: number, server: Server, home: string): Promise<GrowingLog> {
  const more = { args: [String(size)], interactive: true, enable_streaming: true };
  const id = await startJob(server, 'append_on_demand.py', more);
  const path = join(home, 'jobs', id, 'stdout.log');
  await untilSize(path, size);
  setReader(home, id, size);
  return {
    async poll() {
      const before = statSync(path).size;
      await server.call('py_send_input', { job_id: id, text: '\n' });
      await untilSize(path, before + 1);
      return timed(async () => {
        const { new_stdout: news } = await readNew(server, id);
        if (news !== 'new line\n') throw new Error(`unexpected output: ${news.slice(0, 100)}`);
      });
    },
    end: () => server.call('py_cancel_job', { job_id: id }),
  };
}

/** As if the reader had read everything, without spending a minute on it. */
function setReader(home: string, jobId: string, stdout: number): void {
  const store = new JobStore(openDatabase(join(home, 'meta', 'jobs.db')));
  store.moveReader(jobId, '', () => encodeCursor({ stdout, stderr: 0 }));
  store.close();
}

async function untilSize(path: string, size: number): Promise<void> {
  const deadline = Date.now() + 60_000;
  while ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) < size) {
    if (Date.now() > deadline) throw new Error(`${path} did not reach ${size} bytes`);
    await settle(2);
  }
}

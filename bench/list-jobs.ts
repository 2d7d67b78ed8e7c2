/** The list of jobs in a home with 10,000 of them, against one with 100. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { newJobId } from '../src/core/job-id.ts';
import { hasEnded } from '../src/core/job.ts';
import { openDatabase } from '../src/store/database.ts';
import { JobLists } from '../src/store/job-lists.ts';
import { JobStore } from '../src/store/job-store.ts';
import { interleaved, type Medians, timed } from './measure.ts';
import { newHome, type Run, SCRIPTS } from './run.ts';
import { type Server, startServer } from './server.ts';

export async function listJobs(run: Run): Promise<Medians> {
  const few = await serverWithJobs(run, 100);
  const many = await serverWithJobs(run, 10_000);
  try {
    return await interleaved(
      run.quick ? 50 : 200,
      () => timeList(many),
      () => timeList(few),
    );
  } finally {
    await few.stop();
    await many.stop();
  }
}

function timeList(server: Server): Promise<number> {
  return timed(() => server.call('py_list_jobs'));
}

async function serverWithJobs(run: Run, count: number): Promise<Server> {
  const home = newHome(run);
  const server = await startServer(home);
  const args = { directory: SCRIPTS, script_path: 'nothing.py' };
  await server.call('py_run_script_in_dir', args);
  addCopies(home, count - 1);
  return server;
}

/** Of the one job that was run: the database cannot tell them from jobs that were. */
function addCopies(home: string, count: number): void {
  const database = openDatabase(join(home, 'meta', 'jobs.db'));
  const store = new JobStore(database);
  const [real] = new JobLists(database).list(null, 1, 0).jobs;
  if (!real || !hasEnded(real)) throw new Error('the job to copy has not ended');
  for (let number = 1; number <= count; number++) {
    const createdAt = real.createdAt - number * 1000;
    const id = newJobId(createdAt);
    mkdirSync(join(home, 'jobs', id));
    store.insert({ ...real, id, createdAt });
    store.finish(id, real.state);
    store.markSwept(id);
  }
  store.close();
}

/** The list of jobs in a home with 10,000 of them, against one with 100. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { newJobId } from '../src/core/job-id.ts';
import type { JobRequest } from '../src/core/job.ts';
import { openDatabase } from '../src/store/database.ts';
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
  mkdirSync(join(home, 'meta'));
  mkdirSync(join(home, 'jobs'));
  const store = new JobStore(openDatabase(join(home, 'meta', 'jobs.db')));
  const began = Date.now() - count * 1000;
  for (let number = 0; number < count; number++) addEndedJob(store, home, began + number * 1000);
  store.close();
  return startServer(home);
}

function addEndedJob(store: JobStore, home: string, createdAt: number): void {
  const id = newJobId(createdAt);
  mkdirSync(join(home, 'jobs', id));
  store.insert({ id, request: REQUEST, submittedBy: 'bench', bound: false, createdAt });
  store.finish(id, {
    name: 'completed',
    startedAt: createdAt,
    launch: null,
    endedAt: createdAt + 500,
    outcome: { kind: 'exited', code: 0 },
    exitCode: 0,
    usage: { cpu_seconds: 0.01, peak_rss_bytes: 10_000_000 },
  });
  store.markSwept(id);
}

const REQUEST: JobRequest = {
  tool: 'py_run_script_in_dir',
  label: 'an old job',
  directory: SCRIPTS,
  scriptPath: join(SCRIPTS, 'nothing.py'),
  args: [],
  envNames: [],
  envFile: null,
  pythonVersion: null,
  environment: { useUv: true, dependencies: [], autoInstall: true, ignoreProject: true },
  timeoutSeconds: 0,
  streaming: false,
  interactive: false,
  hasStdin: false,
  maxOutputBytes: 1_000_000,
  memoryLimitMb: null,
};

/** The engine for the length of one command. */
import type { App } from '../app.ts';
import type { JobService } from '../jobs/job-service.ts';
import type { Terminal } from './terminal.ts';

export async function withJobs<T>(
  { env }: Terminal,
  work: (jobs: JobService) => Promise<T>,
  startsJobs = false,
): Promise<T> {
  const app = await openApp(env, startsJobs);
  try {
    const result = await work(app.jobs);
    await app.jobs.settle();
    return result;
  } finally {
    app.close();
  }
}

/** Loaded here: `--help` and usage errors need none of it. */
async function openApp(env: NodeJS.ProcessEnv, startsJobs: boolean): Promise<App> {
  const [{ createApp }, { readConfig }] = await Promise.all([
    import('../app.ts'),
    import('../read-config.ts'),
  ]);
  return createApp(await readConfig(env), env, startsJobs);
}

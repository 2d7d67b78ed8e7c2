/** The engine for the length of one command. */
import type { App } from '../../jobs/app.ts';
import type { Root } from '../set-up/root.ts';

export async function withApp<T>(
  root: Root,
  work: (app: App) => Promise<T>,
  startsJobs = false,
): Promise<T> {
  const app = await root.createApp(await root.readConfig(), startsJobs);
  try {
    const result = await work(app);
    await app.jobs.settle();
    return result;
  } finally {
    app.close();
  }
}

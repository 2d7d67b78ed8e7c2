/**
 * A training run outlives the client that started it. We start it, read a little and go away: the
 * server ends with us. Later a new client, with a new server, reads on where the first one stopped.
 */
import { connect, isRunning, temporaryHome } from '../connect.ts';

using home = temporaryHome();
const id = await startAndLeave();
console.log('... nobody is connected, and the training goes on ...');
await new Promise((resolve) => setTimeout(resolve, 1000));
await comeBack();

async function startAndLeave(): Promise<string> {
  await using python = await connect(home.path);
  const jobId = await python.start(import.meta.dirname, 'train.py', { job_label: 'training' });
  let seen = '';
  while (!seen.includes('Epoch 3/')) {
    const { new_stdout: news } = await python.readNew(jobId);
    process.stdout.write(news);
    seen += news;
  }
  return jobId;
}

async function comeBack(): Promise<void> {
  await using python = await connect(home.path);
  for (;;) {
    // The read position is kept with the job, so the first reply begins where we stopped.
    const job = await python.readNew(id);
    process.stdout.write(job.new_stdout);
    if (isRunning(job)) continue;
    console.log(`${job.status} after ${job.result?.elapsed_seconds} s`);
    return;
  }
}

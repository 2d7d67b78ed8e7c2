/** Draws a progress bar from the newest line that a script has printed. */
import { connect, isRunning, type Job, temporaryHome } from '../connect.ts';

const WIDTH = 30;

using home = temporaryHome();
await using python = await connect(home.path);

const id = await python.start(import.meta.dirname, 'count_primes.py');
for (;;) {
  // Not incremental: partial_stdout is everything so far (long output: its head and its tail);
  // at the end the result has it.
  const status = { job_id: id, wait_seconds: 0.5 };
  const { job } = await python.call<{ job: Job }>('py_job_status', status);
  const newest = (job.result?.stdout ?? job.partial_stdout).trimEnd().split('\n').at(-1) ?? '';
  const [, current, total] = /^Progress: (\d+)\/(\d+)$/.exec(newest) ?? [];
  if (current && total) console.log(bar(Number(current) / Number(total)), `${current}/${total}`);
  if (isRunning(job)) continue;
  console.log(`${job.status}: ${newest}`);
  break;
}

function bar(share: number): string {
  const full = Math.round(share * WIDTH);
  return '█'.repeat(full) + '░'.repeat(WIDTH - full);
}

/** `tail -f` in ten lines: prints what is new until the job has ended, every byte once. */
import { connect, isRunning, type Job, temporaryHome } from '../connect.ts';

using home = temporaryHome();
await using python = await connect(home.path);

const id = await python.start(import.meta.dirname, 'write_log.py');
let job: Job;
do {
  job = await python.readNew(id);
  process.stdout.write(job.new_stdout);
} while (isRunning(job));

// The reply with the final status also carried the last output: nothing is left to read.
console.log(`-- ${job.status}`);

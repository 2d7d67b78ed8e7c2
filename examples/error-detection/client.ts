/** Watches the errors of a long run and cancels it at the first one, a minute before its end. */
import { connect, isRunning, temporaryHome } from '../connect.ts';

using home = temporaryHome();
await using python = await connect(home.path);

const id = await python.start(import.meta.dirname, 'import_records.py');
for (;;) {
  const job = await python.readNew(id);
  process.stdout.write(job.new_stdout);

  // new_stderr misses nothing, however much is printed; partial_stderr leaves out the middle.
  const error = job.new_stderr.split('\n').find((line) => line.includes('ERROR'));
  if (isRunning(job) && error !== undefined) {
    console.log(`Error detected early: ${error}`);
    // Answers when the script and everything it started has ended.
    await python.call('py_cancel_job', { job_id: id });
    continue;
  }
  if (!isRunning(job)) {
    console.log(`The job is ${job.status}.`);
    break;
  }
}

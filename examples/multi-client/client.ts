/**
 * Two clients, each with a server of its own, share one home folder: both see every job, and each
 * reads at its own pace, because a read position belongs to a reader.
 */
import { connect, isRunning, type Job, type PythonMcp, temporaryHome } from '../connect.ts';

using home = temporaryHome();
await using alice = await connect(home.path);
await using bob = await connect(home.path);

const id = await alice.start(import.meta.dirname, 'tell_story.py', { job_label: 'story' });
const { jobs } = await bob.call<{ jobs: Array<{ id: string; label: string }> }>('py_list_jobs', {});
console.log(`Bob finds the job of Alice: ${jobs.some((job) => job.id === id)}`);

const heard = await Promise.all([listen(alice, 'alice'), listen(bob, 'bob')]);
console.log(`Both heard the same story: ${heard[0] === heard[1]}`);

async function listen(python: PythonMcp, reader: string): Promise<string> {
  let heardSoFar = '';
  let job: Job;
  do {
    job = await python.readNew(id, { reader });
    heardSoFar += job.new_stdout;
    for (const line of job.new_stdout.split('\n').filter(Boolean)) {
      console.log(`${reader.padEnd(6)} ${line}`);
    }
  } while (isRunning(job));
  return heardSoFar;
}

/** The database on a disk that is full. Runs where the folder it is given is such a disk; exits with 0 when all held. */
import { strict as assert } from 'node:assert';
import { existsSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '../../../src/store/database.ts';
import { JobLists } from '../../../src/store/job-lists.ts';
import { JobStore } from '../../../src/store/job-store.ts';
import { newJob } from '../../support/new-job.ts';

const folder = process.argv[2] ?? '';
const isReserved = () => existsSync(join(folder, 'reserve'));

function open() {
  const database = openDatabase(join(folder, 'jobs.db'));
  return { database, store: new JobStore(database), lists: new JobLists(database) };
}

const first = open();
const job = newJob();
first.store.insert(job);
first.store.keepReserve(0);
assert(isReserved());
first.database.close(); // what it opens next needs room
const { bavail, bsize } = statfsSync(folder);
writeFileSync(join(folder, 'filler'), Buffer.alloc(bavail * bsize));

const { store, lists } = open();
assert.equal(lists.list(null, 10, 0).total, 1);
assert.equal(store.markEnding(job.id, 'cancelled', 'x'), true);
store.remove(job.id);
assert.equal(lists.list(null, 10, 0).total, 0);
assert(!isReserved());
rmSync(join(folder, 'filler'));
store.keepReserve(0);
assert(isReserved());

/** A server of many: opens new databases, each at a time that was agreed on. Arguments: folder, time. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '../../../src/store/database.ts';

const [folder = '', start = ''] = process.argv.slice(2);
for (let round = 0; round < 40; round += 1) {
  const at = Number(start) + round * 30;
  await sleep(Math.max(0, at - Date.now() - 2));
  while (Date.now() < at); // to the millisecond
  openDatabase(join(folder, `${round}.db`)).close();
}

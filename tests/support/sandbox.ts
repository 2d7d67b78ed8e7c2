/** Whether this machine can put scripts into a sandbox, for tests that say so where it cannot. */
import { tmpdir } from 'node:os';
import { type Bubblewrap, bubblewrapOf } from '../../src/executors/sandbox/bubblewrap.ts';

const found = bubblewrapOf(process.env['PATH'], tmpdir())();

/** Null, or why not: for the title of a test that is skipped. */
export const NO_SANDBOX = 'problem' in found ? found.problem : null;
export const bubblewrap = (): Bubblewrap => found;

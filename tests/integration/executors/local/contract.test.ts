/** Jobs of this machine hold to what every executor must. */
import { resolve } from 'node:path';
import { LocalExecutor } from '../../../../src/executors/local/local-executor.ts';
import { holdsToTheContract } from '../contract.ts';

const runtime = resolve(import.meta.dirname, '../../../../runtime');
holdsToTheContract('local', () => new LocalExecutor(runtime));

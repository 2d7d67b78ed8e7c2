/** Jobs in a sandbox hold to what every executor must: asked, ended, talked to as those outside. */
import { resolve } from 'node:path';
import { describe, inject } from 'vitest';
import { LocalExecutor } from '../../../../src/executors/local/local-executor.ts';
import { bubblewrap, NO_SANDBOX } from '../../../support/sandbox.ts';
import { holdsToTheContract } from '../contract.ts';

const runtime = resolve(import.meta.dirname, '../../../../runtime');

describe.skipIf(NO_SANDBOX)(`in a sandbox ${NO_SANDBOX ?? ''}`, () => {
  const rest = { network: false, write: 'work', gpu: false, script: null, isOurs: false } as const;
  holdsToTheContract('local', () => new LocalExecutor(runtime, bubblewrap), {
    sandbox: { ...rest, interpreter: inject('python') },
  });
});

/** Every example, and the demo, runs to its end against the built server and says what it should. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const examples = fileURLToPath(new URL('../../examples', import.meta.url));

/** Program → texts of its standard output, in this order. */
const programs: Record<string, string[]> = {
  'progress/client.ts': ['█░', 'completed: 8 primes up to 20'],
  'error-detection/client.ts': [
    'record 1: alice is 31',
    'Error detected early: ERROR in record 3',
    'The job is cancelled.',
  ],
  'tail-loop/client.ts': ['request 1 served', 'request 10 served', 'no more', '-- completed'],
  'long-training-loop/client.ts': ['Epoch 3/12', 'nobody is connected', 'Epoch 12/12', 'completed'],
  'interactive/client.ts': ['Is it 50? lower', 'Is it 42? yes', 'I knew it: 42!'],
  'multi-client/client.ts': ['finds the job of Alice: true', 'heard the same story: true'],
  'explore-data/client.ts': [
    '[1] len(sales) → 1200',
    '→ IndexError',
    '→ 600',
    '→ 6',
    'cell 4 by a-person 1.0.0 changed sales: list 600',
    'were ended',
  ],
  'demo.ts': ['round  1/10', 'round 10/10', 'status="completed", exit_code=0', 'Hello from'],
};

test.concurrent.for(Object.entries(programs))('examples/%s', async ([program, texts]) => {
  const run = promisify(execFile)(process.execPath, [`${examples}/${program}`], {
    timeout: 60_000,
  });
  const { stdout, stderr } = await run;
  expect(stderr).toBe('');
  let place = 0;
  for (const text of texts) {
    expect(stdout.slice(place)).toContain(text);
    place = stdout.indexOf(text, place) + text.length;
  }
});

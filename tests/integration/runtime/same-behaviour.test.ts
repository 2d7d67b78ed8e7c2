/** A script cannot tell whether the runtime is there: output, errors and exit code are the same. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { realInterpreters } from '../../support/interpreters.ts';
import { FIXTURES, runToEnd } from './job-run.ts';

const scripts = readdirSync(join(FIXTURES, 'same')).filter((name) => name.endsWith('.py'));

/** So often that every race has its chance. */
const env = { PYTHON_MCP_FLUSH_MS: '1' };

for (const { path, version } of await realInterpreters()) {
  describe(`Python ${version} (${path})`, () => {
    test.for(scripts)('%s', async (script) => {
      const command = [join(FIXTURES, 'same', script)];
      const { left: _, ...expected } = await runToEnd(path, command, { runtime: false });
      const { left: _also, ...seen } = await runToEnd(path, command, { env });
      expect(seen).toEqual(expected);
    });
  });
}

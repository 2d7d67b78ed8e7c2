/** Case 29 with packages of the index. Runs where one can be reached; says so when not. */
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { PYTHON } from '../../support/test-home.ts';
import { startServer } from '../../support/start-server.ts';

const PROBE = ['-m', 'pip', 'download', '--no-deps', '--retries', '0', '--timeout', '5'];
const probe = spawnSync(PYTHON, [...PROBE, '--dest', tmpdir(), 'six'], { timeout: 30_000 });
const reachable = probe.status === 0;
if (!reachable) console.warn('SKIPPED: no package index can be reached, so no real packages.');

describe.skipIf(!reachable)(`with a package index${reachable ? '' : ' (none reachable)'}`, () => {
  test('29 names-of-imports: wrong names are answered with the right ones, all at once', async () => {
    const run = { script_content: 'import yaml', dependencies: ['PIL', 'cv2', 'yaml'] };
    // The index may take its time: the call is not to hand over to the background meanwhile.
    const server = await startServer({ env: { SMART_ASYNC_TIMEOUT_SECONDS: '3000' } });
    const said = await server.refusal('py_run_script_with_dependencies', run);
    for (const name of ['pillow', 'opencv-python', 'pyyaml']) {
      expect(said).toContain(`the package is ${name}`);
    }
  });
});

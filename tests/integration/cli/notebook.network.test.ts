/** Exported notebooks in a real Jupyter. Runs where a package index can be reached; says so when not. */
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PYTHON } from '../../support/test-home.ts';
import { commandLine } from './command-line.ts';

const PROBE = ['-m', 'pip', 'download', '--no-deps', '--retries', '0', '--timeout', '5'];
const probe = spawnSync(PYTHON, [...PROBE, '--dest', tmpdir(), 'six'], { timeout: 30_000 });
const reachable = probe.status === 0;
if (!reachable) console.warn('SKIPPED: no package index can be reached, so no Jupyter.');

/** Some fifty packages, installed for it. */
const INSTALLING_TAKES_MS = 600_000;

/** Validates it, runs it in a kernel of its own, and says what came out of it. */
const OPEN = `
import json, sys
import nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], as_version=4)
nbformat.validate(notebook)
NotebookClient(notebook, allow_errors=True).execute()
nbformat.validate(notebook)
print(json.dumps([[output['output_type'] for output in cell.outputs] for cell in notebook.cells]))
`;

describe.skipIf(!reachable)(`with a package index${reachable ? '' : ' (none reachable)'}`, () => {
  test(
    'an exported session is a valid notebook, and Jupyter runs it with the same results',
    async () => {
      const line = commandLine();
      for (const code of ['print("hi")\n[1, 2]', 'await __import__("asyncio").sleep(0)', '1 / 0']) {
        await line.run('session', 'one', '-c', code);
      }
      const notebook = join(line.work, 'one.ipynb');
      expect((await line.run('session', 'export', 'one', notebook)).code).toBe(0);
      const packages = ['nbformat', 'nbclient', 'ipykernel'].flatMap((name) => ['--with', name]);
      const { out, err } = await line.run('run', ...packages, '-c', OPEN, '--', notebook);
      expect(out, err).toContain('[["stream", "execute_result"], [], ["error"]]');
    },
    INSTALLING_TAKES_MS,
  );
});

/** `npm run test:nodes`: a part of the tests with the program on each Node that it is published for. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npmPackages } from '../tests/support/npm-packages.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The oldest that is promised, and the newest of each line. */
const VERSIONS = ['22.16.0', '22.23.3', '24.21.0'];

/** Each part of Node that the program leans on: the database, pictures in a thread, zstd, sockets, signals. */
const FILES = [
  'tests/e2e/artifacts.test.ts',
  'tests/e2e/clients.test.ts',
  'tests/e2e/incremental-output.test.ts',
  'tests/e2e/shutdown.test.ts',
  'tests/e2e/tools.test.ts',
  'tests/integration/cli/run.test.ts',
  'tests/integration/cli/set-up.test.ts',
  'tests/integration/http/mcp.test.ts',
  'tests/integration/http/output.test.ts',
];

const system = `${process.platform}-${process.arch}`;
const packages = await npmPackages(
  'nodes',
  Object.fromEntries(VERSIONS.map((version) => [version, `npm:node-${system}@${version}`])),
);
if ('missing' in packages) {
  console.warn(`SKIPPED: other versions of Node cannot be had: ${packages.missing}`);
} else {
  const failed = VERSIONS.filter((version) => !passes(version, packages.folder));
  if (failed.length > 0) console.error(`\nfailed on Node ${failed.join(', ')}`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}

function passes(version: string, folder: string): boolean {
  console.log(`\nNode ${version}`);
  const node = join(folder, 'node_modules', version, 'bin', 'node');
  const env = { ...process.env, PYTHON_MCP_TEST_NODE: node };
  return spawnSync('vitest', ['run', ...FILES], { cwd: root, env, stdio: 'inherit' }).status === 0;
}

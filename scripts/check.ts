/** `npm run check`: everything that can be known without running the product, in one command. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

const steps: [name: string, command: string, ...args: string[]][] = [
  ['format', 'oxfmt', '--check', '.'],
  ['lint', 'oxlint', '--type-aware', '--deny-warnings', '.'],
  ['layers and circles', 'node', 'scripts/check-imports.ts'],
  ['types', 'tsc'],
  ['types of the dashboard', 'tsc', '-p', 'src/ui'],
  ['types of its tests', 'tsc', '-p', 'tests/e2e/dashboard'],
  ['unused code', 'knip', '--no-progress'],
  ['docs up to date', 'node', 'scripts/generate-docs.ts', '--check'],
  ['build', 'node', 'scripts/build.ts'],
  ['package', 'publint', '--strict'],
];

const failed = steps.filter(([name, command, ...args]) => {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name}`);
  return status !== 0;
});
if (failed.length > 0) {
  console.error(`\ncheck failed: ${failed.map(([name]) => name).join(', ')}`);
  process.exit(1);
}

/** Environments that stand on others: packages of the parents are found after their own. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const FILE = '_python_mcp_parents.pth';
const LINE = /^import site; site\.addsitedir\((".*")\)$/gm;

/** `parents` are packages folders; `packages` is the one of the environment itself. */
export async function linkParents(packages: string, parents: string[]): Promise<void> {
  if (parents.length === 0) return;
  const lines = parents.map((parent) => `import site; site.addsitedir(${JSON.stringify(parent)})`);
  await writeFile(join(packages, FILE), lines.join('\n'));
}

/** The interpreters, and the packages folders that their environments stand on. */
export async function withParents(interpreters: ReadonlySet<string>): Promise<Set<string>> {
  const parents = await Promise.all([...interpreters].map(parentsOf));
  return new Set([...interpreters, ...parents.flat()]);
}

async function parentsOf(interpreter: string): Promise<string[]> {
  const text = await readFile(
    join(await packagesFolder(dirname(dirname(interpreter))), FILE),
    'utf8',
  ).catch(() => '');
  return [...text.matchAll(LINE)].map(([, path]) => JSON.parse(path ?? '""') as string);
}

/** Where an environment has its packages. */
export async function packagesFolder(environment: string): Promise<string> {
  const names = await readdir(join(environment, 'lib')).catch(() => []);
  const version = names.find((name) => /^(python|pypy)/.test(name)) ?? '';
  return join(environment, 'lib', version, 'site-packages');
}

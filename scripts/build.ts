/**
 * Bundles the server into one CommonJS file.
 *
 * One file, because start-up time is part of the product: a client starts a server for every
 * session. docs/decisions/0003-one-bundle.md has the measurement.
 */
import { cpSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

export async function buildDist(): Promise<void> {
  rmSync(`${root}/dist`, { recursive: true, force: true });
  await build({
    entryPoints: [`${root}/src/main.ts`],
    outfile: `${root}/dist/python-mcp.cjs`,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    minifySyntax: true,
    legalComments: 'linked',
    define: { 'import.meta.dirname': '__dirname' },
  });
  cpSync(`${root}/runtime`, `${root}/dist/runtime`, {
    recursive: true,
    filter: (source) => !source.includes('__pycache__'),
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildDist();

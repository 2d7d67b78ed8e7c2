/**
 * Bundles the dashboard into files with names that change with their content, which browsers may
 * keep for ever, and one page that names them. docs/decisions/0021-dashboard.md says why esbuild.
 */
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = `${root}/src/ui`;
const target = `${root}/dist/ui`;

export async function buildUi(): Promise<void> {
  const { metafile } = await build({
    entryPoints: { dashboard: `${source}/main.tsx`, style: `${source}/styles.css` },
    outdir: `${target}/assets`,
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    absWorkingDir: root,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: ['chrome120', 'firefox121', 'safari17.2'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify: true,
    legalComments: 'linked',
    metafile: true,
  });
  const page = readFileSync(`${source}/index.html`, 'utf8')
    .replace('{{style}}', addressOf(metafile, 'src/ui/styles.css'))
    .replace('{{script}}', addressOf(metafile, 'src/ui/main.tsx'));
  writeFileSync(`${target}/index.html`, page);
  copyFileSync(`${source}/favicon.svg`, `${target}/favicon.svg`);
  removeOthers(metafile);
}

/** Of earlier builds, last: a server that is running finds a whole page at any time. */
function removeOthers({ outputs }: Metafile): void {
  const kept = new Set(Object.keys(outputs).map((path) => basename(path)));
  for (const name of readdirSync(`${target}/assets`)) {
    if (!kept.has(name)) rmSync(`${target}/assets/${name}`);
  }
}

function addressOf({ outputs }: Metafile, entry: string): string {
  const [path] = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint === entry) ?? [];
  if (path === undefined) throw new Error(`esbuild wrote nothing for ${entry}`);
  return `/assets/${basename(path)}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildUi();

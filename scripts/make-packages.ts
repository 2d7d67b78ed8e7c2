/** `npm run package`: everything that is published, in the folder packages/. */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildDist } from './build.ts';
import {
  bundleManifest,
  cleanManifest,
  type Manifest,
  serverDescription,
} from './package-metadata.ts';
import { wheel, wheelName } from './wheel.ts';
import { zip, type ZipEntry } from './zip.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** @returns the paths of the tarball, the wheel, the bundle and the description for the registry. */
export function makePackages(out: string): string[] {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
  const { version } = manifest;
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const program = programFiles();
  const bundle = zip([
    file('manifest.json', json(bundleManifest(manifest))),
    ...program.map((entry) => ({ ...entry, name: `server/${entry.name}` })),
  ]);
  const written: [name: string, content: Buffer | string][] = [
    [wheelName(version), wheel(manifest, program, readFileSync(join(root, 'README.md')))],
    [`python-mcp-${version}.mcpb`, bundle],
    ['server.json', json(serverDescription(manifest))],
  ];
  for (const [name, content] of written) writeFileSync(join(out, name), content);
  return [npmTarball(manifest, out), ...written.map(([name]) => join(out, name))];
}

/** Made in a folder of its own: what npm packs here would have scripts and development dependencies. */
function npmTarball(manifest: Manifest, out: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'python-mcp-package-'));
  try {
    for (const name of ['bin', 'dist', 'README.md', 'LICENSE', 'CHANGELOG.md']) {
      cpSync(join(root, name), join(folder, name), { recursive: true });
    }
    writeFileSync(join(folder, 'package.json'), json(cleanManifest(manifest)));
    const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', out];
    const name = execFileSync('npm', args, { cwd: folder, encoding: 'utf8' }).trim();
    return join(out, name);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function programFiles(): ZipEntry[] {
  const paths = globSync('{bin,dist}/**/*', { cwd: root }).sort();
  const files = ['package.json', 'LICENSE', ...paths].filter((path) =>
    statSync(join(root, path)).isFile(),
  );
  return files.map((path) => {
    if (path === 'package.json') return file(path, json({ type: 'module', private: true }));
    const mode = statSync(join(root, path)).mode & 0o777;
    return { name: path, content: readFileSync(join(root, path)), mode };
  });
}

function file(name: string, text: string): ZipEntry {
  return { name, content: Buffer.from(text), mode: 0o644 };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildDist();
  for (const path of makePackages(join(root, 'packages'))) {
    console.log(`${String(statSync(path).size).padStart(9)} ${path}`);
  }
}

/**
 * Bundles the program into five CommonJS files: what every start needs, and, loaded when they are
 * needed, the engine, the command line, MCP over HTTP and the worker for pictures. The dashboard stands beside them.
 *
 * Bundles, because start-up time is part of the product: a client starts a server for every session.
 * docs/decisions/0003-bundles.md has the measurement.
 */
import { createHash } from 'node:crypto';
import { cpSync, globSync, readFileSync, rmSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { buildUi } from './build-ui.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const bundle = `${root}/dist/python-mcp.cjs`;

export async function buildDist(): Promise<void> {
  await buildUi();
  await build({
    entryPoints: {
      'python-mcp': `${root}/src/main.ts`,
      engine: `${root}/src/open-engine.ts`,
      cli: `${root}/src/start-cli.ts`,
      'mcp-http': `${root}/src/mcp/transports/http.ts`,
      'png-worker': `${root}/src/output/pictures/png-worker.ts`,
    },
    outdir: `${root}/dist`,
    outExtension: { '.js': '.cjs' },
    plugins: [loadedWhenNeeded],
    bundle: true,
    // An import() of another bundle becomes a require(), which needs no second module loader.
    supported: { 'dynamic-import': false },
    platform: 'node',
    format: 'cjs',
    target: 'node22.16',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'linked',
    define: {
      'import.meta.dirname': '__dirname',
      RUNTIME_ID: JSON.stringify(runtimeId()),
    },
    alias: {
      '@modelcontextprotocol/server/_shims': `${root}/scripts/sdk-shims.ts`,
      // What Node would load has a require() of its own that a bundler cannot follow.
      'jsonc-parser': `${root}/node_modules/jsonc-parser/lib/esm/main.js`,
    },
    inject: [`${root}/scripts/zod-settings.ts`],
    // The start script knows builds apart by this line.
    banner: { js: `// python-mcp, built ${new Date().toISOString()} ${process.pid}` },
  });
  for (const folder of ['runtime', 'data']) {
    rmSync(`${root}/dist/${folder}`, { recursive: true, force: true });
    cpSync(`${root}/${folder}`, `${root}/dist/${folder}`, {
      recursive: true,
      filter: (source) => !source.includes('__pycache__'),
    });
  }
}

const BUNDLE_OF: Record<string, string> = {
  './open-engine.ts': './engine.cjs',
  './start-cli.ts': './cli.cjs',
  './mcp/transports/http.ts': './mcp-http.cjs',
};

/** What the root imports dynamically stays a bundle of its own. */
const loadedWhenNeeded: Plugin = {
  name: 'loaded when needed',
  setup(bundler) {
    bundler.onResolve({ filter: /^\.\/.+\.ts$/ }, ({ path, kind }) => {
      const bundled = kind === 'dynamic-import' && BUNDLE_OF[path];
      return bundled ? { path: bundled, external: true } : null;
    });
  },
};

/** Changes with the content of runtime/, so that a home keeps one copy for each. */
function runtimeId(): string {
  const hash = createHash('sha256');
  for (const path of globSync('**/*.{py,sh}', { cwd: `${root}/runtime` }).sort()) {
    hash.update(`${path}\0`).update(readFileSync(`${root}/runtime/${path}`));
  }
  return hash.digest('hex').slice(0, 16);
}

/** For programs that drive the built server: builds it when a source is newer, or none is there. */
export async function buildIfNeeded(): Promise<void> {
  const built = statSync(bundle, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = globSync(
    '{{src,scripts}/**/*.{ts,tsx,css,html,svg},runtime/**/*.{py,sh},data/*,package.json}',
    {
      cwd: root,
    },
  );
  const newest = Math.max(...sources.map((source) => statSync(`${root}/${source}`).mtimeMs));
  if (newest > built) await buildDist();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildDist();

/** The graph of imports of `src`: which file takes from which, layers that are crossed, circles. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** From each file to those it imports, as paths from the root of the project. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/**
 * What each layer may import beside itself: a room, or with a slash only that room of a layer. Files
 * that lie directly in `src` are the root and may import everything.
 */
export const LAYERS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  contract: ['core'],
  os: ['core'],
  config: ['core', 'os'],
  store: ['core', 'os'],
  python: ['core', 'os'],
  output: ['core', 'contract', 'os'],
  executors: ['core', 'os', 'output'],
  jobs: ['core', 'contract', 'os', 'config', 'store', 'python', 'output', 'executors'],
  mcp: ['core', 'contract', 'os', 'jobs', 'output/terminal', 'output/progress'],
  http: ['core', 'contract', 'os', 'jobs', 'output/terminal'],
  cli: ['core', 'contract', 'os', 'config', 'jobs', 'output/terminal', 'output/files'],
  ui: ['contract', 'http/wire'],
};

/** `import('…')` counts as every other: what is loaded late is depended on all the same. */
const IMPORT = /\b(?:from|import)\s*\(?\s*(['"])(\.{1,2}\/[^'"]+\.tsx?)\1/g;

export function readImportGraph(root: string): ImportGraph {
  const files = globSync('src/**/*.{ts,tsx}', { cwd: root });
  return new Map(
    files.map((file) => [file, importsOf(file, readFileSync(join(root, file), 'utf8'))]),
  );
}

export function importsOf(file: string, text: string): string[] {
  return [...text.matchAll(IMPORT)].map(([, , path = '']) => normalize(join(dirname(file), path)));
}

/** One sentence for each import that its layer may not have. */
export function crossedLayers(graph: ImportGraph): string[] {
  return [...graph].flatMap(([file, imports]) =>
    imports
      .filter((imported) => !mayImport(layerOf(file), imported))
      .map((imported) => `${file} may not import ${imported}`),
  );
}

function mayImport(layer: string | null, imported: string): boolean {
  if (layer === null || layerOf(imported) === layer) return true;
  const allowed = LAYERS[layer] ?? [];
  return allowed.some((room) => imported.startsWith(`src/${room}/`));
}

/** Null for the root. */
function layerOf(file: string): string | null {
  const [, layer = '', rest] = file.split('/');
  return rest === undefined ? null : layer;
}

/** The same graph between folders; what a folder takes from itself is left out. */
export function folderGraph(graph: ImportGraph): ImportGraph {
  const folders = new Map<string, string[]>();
  for (const [file, imports] of graph) {
    const folder = dirname(file);
    const others = imports.map((imported) => dirname(imported)).filter((other) => other !== folder);
    folders.set(folder, [...new Set([...(folders.get(folder) ?? []), ...others])]);
  }
  return folders;
}

/** Every set of nodes that reach each other, by Tarjan's algorithm. A node alone is none. */
export function circlesOf(graph: ImportGraph): string[][] {
  const circles: string[][] = [];
  const indexes = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const visit = (node: string): number => {
    const index = indexes.size;
    indexes.set(node, index);
    lowest.set(node, index);
    open.push(node);
    for (const next of graph.get(node) ?? []) {
      const reached = indexes.has(next)
        ? open.includes(next)
          ? indexes.get(next)
          : null
        : visit(next);
      lowest.set(node, Math.min(lowest.get(node) ?? index, reached ?? index));
    }
    if (lowest.get(node) === index) close(node);
    return lowest.get(node) ?? index;
  };
  const close = (node: string): void => {
    const circle = open.splice(open.indexOf(node));
    if (circle.length > 1) circles.push(circle);
  };
  for (const node of graph.keys()) if (!indexes.has(node)) visit(node);
  return circles;
}

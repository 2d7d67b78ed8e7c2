import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import {
  circlesOf,
  crossedLayers,
  folderGraph,
  importsOf,
  LAYERS,
  readImportGraph,
} from '../../../scripts/import-graph.ts';

const graph = (edges: Record<string, string[]>) => new Map(Object.entries(edges));

test('every form of an import is seen, those that are loaded late too', () => {
  const text = `
    import { a } from './a.ts';
    import type { B } from "../store/b.ts";
    import './c.ts';
    export { d } from '../../run/d.tsx';
    const e = await import('../cli/e.ts');
    type F = import('./f.ts').F;
    import { readFileSync } from 'node:fs';`;
  expect(importsOf('src/jobs/run/x.ts', text)).toEqual([
    'src/jobs/run/a.ts',
    'src/jobs/store/b.ts',
    'src/jobs/run/c.ts',
    'src/run/d.tsx',
    'src/jobs/cli/e.ts',
    'src/jobs/run/f.ts',
  ]);
});

test.each([
  ['upwards from a room', 'src/jobs/run/launcher.ts', 'src/mcp/tools/tool.ts'],
  ['to the root', 'src/cli/set-up/serve.ts', 'src/serve-http.ts'],
  ['to a layer beside it', 'src/store/job-store.ts', 'src/python/build/uv.ts'],
  ['past the door', 'src/mcp/tools/tool.ts', 'src/executors/local/launch.ts'],
  ['from the floor', 'src/core/job.ts', 'src/os/log.ts'],
])('an import %s is a fault', (_, from, to) => {
  expect(crossedLayers(graph({ [from]: [to] }))).toEqual([`${from} may not import ${to}`]);
});

test('downwards, within a layer and from the root all is allowed', () => {
  const allowed = graph({
    'src/main.ts': ['src/cli/program.ts'],
    'src/jobs/run/launcher.ts': ['src/executors/executor.ts', 'src/jobs/context/job-context.ts'],
    'src/cli/jobs/show.ts': ['src/output/terminal/clean-text.ts'],
  });
  expect(crossedLayers(allowed)).toEqual([]);
});

test('a planted circle of files is found', () => {
  const planted = graph({ a: ['b'], b: ['c'], c: ['a', 'd'], d: [], e: ['a'] });
  expect(circlesOf(planted).map((circle) => circle.sort())).toEqual([['a', 'b', 'c']]);
});

test('a planted circle of folders is found where its files form none', () => {
  const planted = graph({
    'src/x/a.ts': ['src/y/b.ts'],
    'src/y/b.ts': [],
    'src/y/c.ts': ['src/x/d.ts'],
    'src/x/d.ts': [],
  });
  expect(circlesOf(planted)).toEqual([]);
  expect(circlesOf(folderGraph(planted)).map((c) => c.sort())).toEqual([['src/x', 'src/y']]);
});

test('every folder of the source is a layer with rules', () => {
  const files = [...readImportGraph(fileURLToPath(new URL('../../..', import.meta.url))).keys()];
  const rooms = new Set(
    files
      .map((file) => file.split('/'))
      .filter((p) => p.length > 2)
      .map((p) => p[1]),
  );
  expect(rooms).toEqual(new Set(Object.keys(LAYERS)));
});

/** The same step in two adapters, or of one kind of thing in the browser and on the server. */
const SAME_STEP = new Set(
  'artifacts client-name download event-stream prune send-input server stack terminal version'
    .split(' ')
    .map((name) => `${name}.ts`),
);

test('no folder holds more than 20 files, no two files have one name', () => {
  const files = [...readImportGraph(fileURLToPath(new URL('../../..', import.meta.url))).keys()];
  const byFolder = Map.groupBy(files, (file) => file.slice(0, file.lastIndexOf('/')));
  const full = [...byFolder].filter(([, inside]) => inside.length > 20).map(([folder]) => folder);
  expect(full).toEqual([]);
  const byName = Map.groupBy(files, (file) => file.slice(file.lastIndexOf('/') + 1));
  const twice = [...byName].filter(([name, same]) => same.length > 1 && !SAME_STEP.has(name));
  expect(twice).toEqual([]);
});

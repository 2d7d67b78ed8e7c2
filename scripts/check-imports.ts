/** Fails on an import against the layers, and on any circle of files or folders. */
import { fileURLToPath } from 'node:url';
import { circlesOf, crossedLayers, folderGraph, readImportGraph } from './import-graph.ts';

const graph = readImportGraph(fileURLToPath(new URL('..', import.meta.url)));
const faults = [
  ...crossedLayers(graph),
  ...circlesOf(graph).map((files) => `circle of files: ${files.join(' → ')}`),
  ...circlesOf(folderGraph(graph)).map((folders) => `circle of folders: ${folders.join(' → ')}`),
];
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);

/** The two ways to build an environment, so that tests run with each that the machine has. */
import { accessSync, chmodSync, constants, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { EnvironmentContext } from '../../src/python/context/context.ts';

/** The uv on PATH, or null. */
export const uvOnPath: string | null =
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'uv'))
    .find(isExecutable) ?? null;

/** Each name says in the report which installer ran; a missing uv shows as a skipped test. */
export const installers = [
  { installer: 'pip', uvPath: null, available: true },
  {
    installer: uvOnPath ? 'uv' : 'uv (skipped: not on PATH)',
    uvPath: uvOnPath,
    available: !!uvOnPath,
  },
];

/** The process environment with no uv to be found on PATH. */
export function envWithoutUv(): EnvironmentContext['env'] {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const path = folders.filter((folder) => !isExecutable(join(folder, 'uv'))).join(delimiter);
  return { ...process.env, PATH: path };
}

/** A program in uv's place: `body` is what its shell script does. */
export function fakeUv(folder: string, body: string): string {
  const path = join(folder, 'fake-uv');
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

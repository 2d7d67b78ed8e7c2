/**
 * Where the supervisor script and the Python runtime are run from: a copy in the home folder.
 *
 * Python keeps compiled modules beside their source. An installed package is often owned by somebody
 * else, and compiling sitecustomize.py anew at every start of every job costs 3–6 ms.
 */
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { makeAtomicSync } from './os/atomic-file.ts';

/** Hash of runtime/, put in by the build; undefined when the source is run directly. */
declare const RUNTIME_ID: string | undefined;

/** Costs one stat once the copy is there. */
export function runtimeFolder(home: string): string {
  const here = import.meta.dirname;
  if (typeof RUNTIME_ID === 'undefined') return join(here, '..', 'runtime');
  const copy = join(home, 'runtime', RUNTIME_ID);
  if (!existsSync(copy)) place(join(here, 'runtime'), copy);
  return copy;
}

/** Whole or not at all, and whoever is second uses the first one's. */
function place(source: string, copy: string): void {
  try {
    makeAtomicSync(copy, (aside) => cpSync(source, aside, { recursive: true }));
  } catch (error) {
    if (!existsSync(copy)) throw error;
  }
}

/**
 * The well-known distributions of the package index. A name that is not among them is never
 * installed because of an import alone: it may be a misspelling somebody else has registered.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';

const FILE = 'pypi-popular.txt.br';

let names: Promise<ReadonlySet<string>> | null = null;

/** Normalised names; read when first asked for. */
export function knownDistributions(): Promise<ReadonlySet<string>> {
  return (names ??= load());
}

async function load(): Promise<ReadonlySet<string>> {
  const text = await promisify(brotliDecompress)(await packaged());
  return new Set(text.toString().split('\n'));
}

/** Beside the bundle when installed, at the top of the repository in development. */
async function packaged(): Promise<Buffer> {
  const here = import.meta.dirname;
  return readFile(join(here, 'data', FILE)).catch(() =>
    readFile(join(here, '../../../data', FILE)),
  );
}

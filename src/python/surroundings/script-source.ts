/** The script as the resolver sees it: text and inline metadata, parsed once per change of the file. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { invalid, shown } from '../../core/job-error.ts';
import { Newest } from '../../core/newest.ts';
import { fileStamp } from '../../os/file-stamp.ts';
import { parseInlineMetadata, type InlineMetadata } from '../requirements/inline-metadata.ts';

export interface ScriptSource {
  text: string;
  metadata: InlineMetadata | null;
}

/** Up to here a synchronous read (20 µs) is cheaper than a trip through the thread pool (400 µs). */
const SMALL = 256 * 1024;

/** Bytes of memory for all of them: about 4 MB of scripts, and the largest are not kept. */
const MOST_KEPT = 8 * 1024 * 1024;
const OVERHEAD = 1024;

const known = new Newest<string, { stamp: string; source: ScriptSource }>(
  MOST_KEPT,
  ({ source }) => source.text.length * 2 + OVERHEAD,
);

/** @throws JobError invalid_request when it cannot be read or its metadata is malformed */
export async function readScript(path: string): Promise<ScriptSource> {
  const stamp = fileStamp(path);
  const before = known.get(path);
  if (before && before.stamp === stamp) return before.source;
  const text = await readText(path, stamp);
  const source = { text, metadata: parseInlineMetadata(text) };
  if (stamp) known.set(path, { stamp, source });
  return source;
}

async function readText(path: string, stamp: string | null): Promise<string> {
  const size = Number(stamp?.split(':').at(-1));
  try {
    return size <= SMALL ? readFileSync(path, 'utf8') : await readFile(path, 'utf8');
  } catch (error) {
    const problem = `${shown(path)} cannot be read (${(error as NodeJS.ErrnoException).code}).`;
    throw invalid('script_path', problem, 'Pass a readable Python file.');
  }
}

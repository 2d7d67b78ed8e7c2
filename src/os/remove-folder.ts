/** Removes a job's folder, whatever its script made in it. */
import { execFile } from 'node:child_process';
import { lstatSync, opendirSync, rmSync } from 'node:fs';
import { promisify } from 'node:util';

/** A folder that takes longer is tried again another time. */
const STUBBORN_MS = 60_000;
/** More in one place is not removed in one turn of the event loop. */
const SMALL = 200;

/** @throws when it is still there */
export async function removeFolder(path: string): Promise<void> {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat) return;
  try {
    if (stat.isDirectory() && !isSmall(path)) await removeWithTools(path);
    else rmSync(path, { recursive: true });
  } catch {
    await removeWithTools(path);
  }
}

/**
 * Beside us, however much it is. Scripts nest folders deeper than a path may be long, and take from
 * themselves the right to write in them: the system's own tools get through both.
 */
async function removeWithTools(path: string): Promise<void> {
  const command =
    'rm -rf "$1" 2>/dev/null || { chmod -R u+rwX "$1" 2>/dev/null; exec rm -rf "$1"; }';
  const args = ['-c', command, 'sh', path];
  await promisify(execFile)('/bin/sh', args, { timeout: STUBBORN_MS }).catch(refuse);
}

/** In the words of the tool, which names the file. */
function refuse(error: Error & { stderr?: string }): never {
  const [first] = error.stderr?.split('\n') ?? [];
  throw new Error(first || error.message, { cause: error });
}

/** Looks at so many entries at most. */
function isSmall(path: string): boolean {
  const waiting = [path];
  let left = SMALL;
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const entries = opendirSync(folder);
    try {
      for (let entry = entries.readSync(); entry; entry = entries.readSync()) {
        if ((left -= 1) < 0) return false;
        if (entry.isDirectory()) waiting.push(`${folder}/${entry.name}`);
      }
    } finally {
      entries.closeSync();
    }
  }
  return true;
}

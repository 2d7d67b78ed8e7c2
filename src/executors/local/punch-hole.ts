/**
 * Gives the space of a part of a file back to the disk; the file keeps its size. Linux, on the usual
 * file systems, by the `fallocate` command of util-linux.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const BLOCK_BYTES = 4096;

/** Frees the whole blocks between `from` and `to`, bytes. Resolves with false when it could not. */
export async function punchHole(path: string, from: number, to: number): Promise<boolean> {
  const start = Math.ceil(from / BLOCK_BYTES) * BLOCK_BYTES;
  const end = Math.floor(to / BLOCK_BYTES) * BLOCK_BYTES;
  if (end <= start) return true;
  const range = ['--offset', String(start), '--length', String(end - start)];
  return succeeds('fallocate', ['--punch-hole', ...range, path]);
}

/** Whether holes can be made in files of `directory`: tried on a file of its own. */
export async function canPunchHoles(directory: string): Promise<boolean> {
  const folder = await mkdtemp(join(directory, '.probe-')).catch(() => null);
  if (folder === null) return false;
  try {
    const path = join(folder, 'probe');
    await writeFile(path, Buffer.alloc(2 * BLOCK_BYTES, 1));
    return await punchHole(path, 0, BLOCK_BYTES);
  } catch {
    return false; // a full disk: nothing can be said of it
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function succeeds(command: string, args: string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'ignore' });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}

/**
 * One builder among all servers of a home: a file that names the process at work. A dead builder's
 * file is taken over. Builds go to folders of their own and are published by a rename, so that two
 * builders at once, should it ever come to that, waste work and do no harm.
 */
import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isAlive, processIdentity } from '../python/build/process-identity.ts';

export interface BuildLock {
  release(): Promise<void>;
}

/** Null while another living process holds it. */
export async function tryLock(file: string): Promise<BuildLock | null> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const identity = `${await processIdentity(process.pid)}\n${randomBytes(8).toString('hex')}`;
  if (await placed(file, identity)) return { release: () => release(file, identity) };
  const holder = await readFile(file, 'utf8').catch(() => null);
  if (holder !== null && (await isAlive(holder.split('\n')[0] ?? ''))) return null;
  if (holder !== null) await removeStale(file, holder);
  return (await placed(file, identity)) ? { release: () => release(file, identity) } : null;
}

/** A hard link appears with its content, or not at all. */
async function placed(file: string, identity: string): Promise<boolean> {
  const aside = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(aside, identity, { mode: 0o600 });
  try {
    await link(aside, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

/** Two may find the same dead holder: what was moved away by mistake is put back. */
async function removeStale(file: string, holder: string): Promise<void> {
  const aside = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    await rename(file, aside);
    if ((await readFile(aside, 'utf8')) !== holder) await link(aside, file);
  } catch {
    return;
  } finally {
    await rm(aside, { force: true });
  }
}

async function release(file: string, identity: string): Promise<void> {
  const holder = await readFile(file, 'utf8').catch(() => null);
  if (holder === identity) await rm(file, { force: true });
}

/** The configuration file of a client: read as text, and written so that nothing else in it is lost. */
import { copyFileSync, lstatSync, mkdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { JobError } from '../../core/job-error.ts';
import { writeAtomic } from '../../os/atomic-file.ts';

export interface Written {
  changed: boolean;
  /** Copy of the file as it was; null when there was none or nothing changed. */
  backup: string | null;
}

const MOST_LINKS = 16;

/** @throws JobError storage when it cannot be written, and what `change` throws. */
export function changeFile(path: string, change: (text: string | null) => string | null): Written {
  const file = target(path);
  const before = readIfThere(file);
  const after = change(before);
  if (after === before || after === null) return { changed: false, backup: null };
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const backup = before === null ? null : keepCopy(file);
    const mode = before === null ? 0o600 : statSync(file).mode & 0o777;
    writeAtomic(file, after, { mode, durable: true });
    return { changed: true, backup };
  } catch (error) {
    const { message } = error as Error;
    throw new JobError('storage', `${file} cannot be written: ${message}.`, { cause: error });
  }
}

/** Null when there is none. @throws JobError */
export function readIfThere(path: string): string | null {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new JobError('storage', `${path} cannot be read: ${message}.`, { cause: error });
  }
  const text = bytes.toString();
  if (Buffer.from(text).equals(bytes)) return text;
  throw new JobError('invalid_request', `${path} is not UTF-8. Nothing was changed.`);
}

/** Never over a link: what it leads to, also when that is not there yet. */
function target(path: string): string {
  let file = path;
  for (let links = 0; links < MOST_LINKS; links += 1) {
    if (!lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink()) return file;
    file = resolve(dirname(file), readlinkSync(file));
  }
  throw new JobError('storage', `${path} is a link that leads nowhere.`);
}

function keepCopy(path: string): string {
  const time = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const backup = `${path}.${time}.bak`;
  copyFileSync(path, backup);
  return backup;
}

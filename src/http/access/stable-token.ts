/**
 * The token of a home: made once and kept in `meta/token`, so that bookmarks, scrapers and the
 * configurations of clients outlive a restart.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { JobError } from '../../core/job-error.ts';
import { writeAtomic } from '../../os/atomic-file.ts';
import { readInside } from '../../os/safe-open.ts';

const NAME = 'token';
/** 32 random bytes, as they were written. */
const FORM = /^[\w-]{43}\n$/;

/** @param folder that only its user can look into. @throws JobError storage */
export function tokenIn(folder: string, rotate: boolean): string {
  try {
    return (rotate ? null : read(folder)) ?? made(folder);
  } catch (error) {
    const reason = `${join(folder, NAME)} cannot be written: ${(error as Error).message}.`;
    throw new JobError('storage', reason, { cause: error });
  }
}

/** Null when there is none that could be ours. */
function read(folder: string): string | null {
  const text = readInside(folder, NAME, 100);
  return text !== null && FORM.test(text) ? text.trim() : null;
}

function made(folder: string): string {
  const token = randomBytes(32).toString('base64url');
  writeAtomic(join(folder, NAME), `${token}\n`, { durable: true });
  return token;
}

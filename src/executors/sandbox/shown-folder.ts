/** Which folders a sandbox may be shown: none that holds what it is there to hide. */
import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { sep } from 'node:path';

/** Of the system: seen by every sandbox, and written by none. */
const SYSTEM = [
  '/bin',
  '/boot',
  '/dev',
  '/etc',
  '/lib',
  '/lib64',
  '/proc',
  '/run',
  '/sbin',
  '/sys',
  '/usr',
  '/var/run',
];
const SHARED = ['/tmp', '/var/tmp'];

/** Null when it may be shown; else why not, as the end of a sentence about it. */
export function whyHidden(folder: string, home: string): string | null {
  const path = realPathOf(folder);
  const [user, own] = [realPathOf(homedir()), realPathOf(home)];
  if ([user, own, ...SHARED].some((secret) => isWithin(secret, path)))
    return 'holds the files of others, such as a home folder or /tmp';
  if (SYSTEM.some((part) => isWithin(path, part))) return 'is part of the system';
  if (isWithin(path, own)) return 'is in the home folder of python-mcp';
  return path.startsWith(`${user}/.`)
    ? 'is a hidden folder of a home, where secrets are kept'
    : null;
}

export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** What is not there has no other path. */
export function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

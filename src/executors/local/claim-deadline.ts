/**
 * One asks a script to end at its time limit: the server, or two seconds later the runtime in the
 * job itself (sitecustomize.py), in case no server is alive. A second TERM would interrupt the
 * cleaning up after the first, so whoever creates this file asks, and the other only kills.
 */
import { closeSync, constants, openSync } from 'node:fs';

/** False when somebody else has asked. */
export function claimDeadline(path: string): boolean {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  try {
    closeSync(openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600));
    return true;
  } catch (error) {
    // On a full disk, or without the folder, the limit holds all the same.
    return (error as NodeJS.ErrnoException).code !== 'EEXIST';
  }
}

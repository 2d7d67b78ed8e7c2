/**
 * One asks a script to end: a server, or two seconds behind its time limit the runtime in the job
 * itself (deadline.py), in case no server is alive. The same signal again would interrupt the
 * cleaning up, so whoever creates this file asks, and all others only kill.
 */
import { closeSync, constants, openSync } from 'node:fs';

/** False when somebody else has asked. */
export function claimAsking(path: string): boolean {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  try {
    closeSync(openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600));
    return true;
  } catch (error) {
    // On a full disk, or without the folder, a script is asked all the same.
    return (error as NodeJS.ErrnoException).code !== 'EEXIST';
  }
}

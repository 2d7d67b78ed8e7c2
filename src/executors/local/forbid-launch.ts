/** Makes sure that a job which was not launched yet never will be. */
import { join } from 'node:path';
import { closeSync, constants, openSync } from 'node:fs';
import { SUPERVISOR_FILE } from './supervisor-record.ts';

/**
 * Creates the file whose exclusive creation is the right to run the job. A supervisor that a dead
 * server may still have under way finds it and runs nothing.
 *
 * @returns false when a supervisor was faster: the job runs, or has run.
 */
export function forbidLaunch(jobDir: string): boolean {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  try {
    const path = join(jobDir, SUPERVISOR_FILE);
    closeSync(openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

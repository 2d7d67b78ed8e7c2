/**
 * Disk space kept for bad times: a file beside the database that is given up when the disk is full,
 * so that ends, cancels and removals can still be written down.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, renameSync, rmSync, statfsSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Thousands of changes of a job, and a new write-ahead log. */
const RESERVE_BYTES = 4 * 1024 * 1024;

export class Reserve {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** False when there was none left to give. */
  giveUp(): boolean {
    try {
      unlinkSync(this.#path);
      return true;
    } catch {
      return false;
    }
  }

  /** Lays it aside again once there is room for it beside what must stay free. */
  restore(keepFreeBytes: number): void {
    if (existsSync(this.#path)) return;
    const { bavail, bsize } = statfsSync(dirname(this.#path));
    if (bavail * bsize < keepFreeBytes + 2 * RESERVE_BYTES) return;
    const aside = `${this.#path}.${process.pid}`;
    try {
      // Random: some file systems keep no blocks for zeros.
      writeFileSync(aside, randomBytes(RESERVE_BYTES), { mode: 0o600 });
      renameSync(aside, this.#path);
    } catch (error) {
      rmSync(aside, { force: true });
      throw error;
    }
  }
}

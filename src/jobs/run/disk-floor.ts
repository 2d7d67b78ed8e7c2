/** Protects the machine from a full disk: who still writes output then has to end. */
import { statfsSync } from 'node:fs';
import type { Job } from '../../core/job.ts';
import { sizeOf } from '../../output/files/output-file.ts';
import { type Engine, folderOf } from '../context/job-context.ts';

/** Growth between two looks that counts: a few lines do not fill a disk. */
const GROWTH_BYTES = 64 * 1024;

export class DiskFloor {
  readonly #engine: Engine;
  /** Output of running jobs at the last look, bytes; kept only while the disk is nearly full. */
  #sizes = new Map<string, number>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** The jobs to end: those whose output has grown since the last look, if space is short. */
  jobsToEnd(running: readonly Job[]): Job[] {
    const before = this.#sizes;
    this.#sizes = new Map();
    if (running.length === 0 || this.hasRoom()) return [];
    for (const job of running) this.#sizes.set(job.id, this.#sizeOfOutput(job));
    return running.filter(({ id }) => {
      const size = this.#sizes.get(id) ?? 0;
      return size - (before.get(id) ?? size) >= GROWTH_BYTES;
    });
  }

  hasRoom(): boolean {
    return this.freeBytes() >= this.#engine.config.min_free_disk_bytes;
  }

  freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.#engine.jobsDirectory);
    return bavail * bsize;
  }

  #sizeOfOutput(job: Job): number {
    const { stdout, stderr } = folderOf(this.#engine, job.id);
    return sizeOf(stdout) + sizeOf(stderr);
  }
}

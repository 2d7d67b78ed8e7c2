/** Progress of a running job, read from the newest part of its output. */
import type { Progress } from '../../contract/replies/one-job.ts';
import type { Job } from '../../core/job.ts';
import { Newest } from '../../core/newest.ts';
import { decodeUtf8 } from '../../output/files/code-points.ts';
import { type JobFolder, STREAMS } from '../../output/files/job-folder.ts';
import { present } from '../../output/files/output-window.ts';
import { followProgress } from '../../output/progress/advance.ts';
import { benchmarkProgress } from './benchmark.ts';
import { chooseProgress, PROGRESS_TAIL_BYTES } from '../../output/progress/find-progress.ts';
import type { OutputFiles } from '../../output/files/output-file.ts';
import { readTail } from '../../output/files/read-page.ts';

/** Jobs whose progress is remembered: more than anybody watches at once. */
const REMEMBERED = 1_000;
const LINE_BYTES = 2_048;

/**
 * Reads progress and remembers the last record of each job: the tail shows only what was printed
 * last, and output that has not grown need not be read again.
 */
export class ProgressReader {
  readonly #known = new Newest<string, { upTo: number; progress: Progress | null }>(REMEMBERED);

  readonly #folderOf: (id: string) => JobFolder;

  constructor(folderOf: (id: string) => JobFolder) {
    this.#folderOf = folderOf;
  }

  /** Null when the output says nothing about progress, and for jobs that are not running. */
  read(job: Job, folder: OutputFiles): Progress | null {
    if (job.state.name !== 'running') return null;
    const { benchmark } = job.request;
    if (benchmark) return benchmarkProgress(benchmark, this.#folderOf(job.id));
    const known = this.#known.get(job.id);
    const tails = STREAMS.map((stream) => readTail(folder[stream], PROGRESS_TAIL_BYTES, false));
    const upTo = tails.reduce((sum, { size }) => sum + size, 0);
    if (known?.upTo === upTo) return known.progress;
    const [stdout = '', stderr = ''] = tails.map(({ bytes }) => decodeUtf8(bytes));
    const isCut = tails.some(({ from }) => from > 0);
    const read = chooseProgress(stdout, stderr, { isCut, isEnd: false });
    const progress = followProgress(known?.progress ?? null, read);
    this.#known.set(job.id, { upTo, progress });
    return progress;
  }
}

/** The newest line of output that says something, for progress messages; at most 200 characters. */
export function lastLine(folder: JobFolder): string {
  const newest = STREAMS.map((stream) =>
    present(readTail(folder[stream], LINE_BYTES, false).bytes),
  );
  const lines = (newest.find((text) => text.trim() !== '') ?? '').split('\n');
  return (
    lines
      .findLast((line) => line.trim() !== '')
      ?.trim()
      .slice(0, 200) ?? ''
  );
}

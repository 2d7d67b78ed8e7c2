/** One build and the jobs that wait for it: each sees all its lines, the last to leave ends it. */
import { unlessAborted } from '../context/abort.ts';
import type { EnvironmentContext } from '../context/context.ts';
import type { CachedEnvironment } from '../cache/environment-cache.ts';

type Report = EnvironmentContext['report'];
type Start = (report: Report, signal: AbortSignal) => Promise<CachedEnvironment>;

export class SharedBuild {
  readonly #stop = new AbortController();
  readonly #reports = new Set<Report>();
  readonly #lines: string[] = [];
  readonly #result: Promise<CachedEnvironment>;

  constructor(start: Start) {
    this.#result = start((line) => this.#report(line), this.#stop.signal);
    // Whoever waits gets the failure; a build that nobody awaits any more fails for nobody.
    this.#result.catch(() => {});
  }

  /** Everybody left, so it is being ended: a newcomer needs a build of its own. */
  get abandoned(): boolean {
    return this.#stop.signal.aborted;
  }

  onEnd(listener: () => void): void {
    this.#result.then(listener, listener);
  }

  async wait({ report, signal }: Pick<EnvironmentContext, 'report' | 'signal'>) {
    const own: Report = (line) => report(line);
    for (const line of this.#lines) own(line);
    this.#reports.add(own);
    try {
      return await unlessAborted(this.#result, signal);
    } finally {
      this.#reports.delete(own);
      if (this.#reports.size === 0) this.#stop.abort(signal.reason);
    }
  }

  #report(line: string): void {
    this.#lines.push(line);
    for (const report of this.#reports) report(line);
  }
}

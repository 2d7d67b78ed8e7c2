/** CPU and memory of running jobs, sampled only when somebody asks. */
import type { UsageSample } from '../../contract/replies/files-and-usage.ts';
import { JobError } from '../../core/job-error.ts';
import type { Job } from '../../core/job.ts';
import { Newest } from '../../core/newest.ts';
import type { LiveUsage } from '../../executors/executor.ts';
import { executorOf } from '../../executors/executor-of.ts';
import { type Engine, placedOf } from '../context/job-context.ts';

interface Seen {
  at: number;
  cpuSeconds: number;
  sample: UsageSample;
}

/** Several viewers that ask at once share a sample. */
const FRESH_MS = 200;
/** An older sample says nothing about now. */
const STALE_MS = 60_000;
const MOST_REMEMBERED = 256;

export class UsageSampler {
  readonly #engine: Engine;
  readonly #seen = new Newest<string, Seen>(MOST_REMEMBERED);

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** @throws JobError job_not_running, unavailable */
  async sample(job: Job): Promise<UsageSample> {
    if (job.state.name !== 'running') {
      throw new JobError('job_not_running', `Job ${job.id} is not running, so it uses nothing.`);
    }
    if (process.platform !== 'linux') {
      throw new JobError('unavailable', 'Usage of running jobs is read from /proc: Linux only.');
    }
    const before = this.#seen.get(job.id);
    if (before && performance.now() - before.at < FRESH_MS) return before.sample;
    const executor = executorOf(this.#engine.executors, job.request);
    const usage = await executor.usage(placedOf(this.#engine, job));
    return this.#remember(job.id, usage, before);
  }

  #remember(id: string, usage: LiveUsage, before: Seen | undefined): UsageSample {
    const at = performance.now();
    const recent = before && at - before.at < STALE_MS ? before : null;
    const sample: UsageSample = {
      at: new Date().toISOString(),
      cpu_percent: recent && percentSince(recent, at, usage.cpuSeconds),
      cpu_seconds: usage.cpuSeconds,
      rss_bytes: usage.rssBytes,
      processes: usage.processes,
    };
    this.#seen.set(id, { at, cpuSeconds: usage.cpuSeconds, sample });
    return sample;
  }
}

/** Never negative: a process that ends takes its time with it when nobody waited for it. */
function percentSince(before: Seen, at: number, cpuSeconds: number): number {
  const share = (cpuSeconds - before.cpuSeconds) / ((at - before.at) / 1000);
  return Math.max(0, Math.round(share * 1000) / 10);
}

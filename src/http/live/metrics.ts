/** Figures for Prometheus: of this server, and of the jobs of the home. */
import { Counter, Gauge, Registry } from 'prom-client';
import type { JobService } from '../../jobs/job-service.ts';
import { addProcessMetrics } from './process-metrics.ts';
import type { StreamSlots } from './stream-slots.ts';

export class Metrics {
  readonly contentType: string;
  readonly #registry = new Registry();
  readonly #requests: Counter<'method' | 'route' | 'status'>;

  constructor(jobs: JobService, slots: StreamSlots) {
    const registers = [this.#registry];
    this.contentType = this.#registry.contentType;
    this.#requests = new Counter({
      name: 'python_mcp_http_requests_total',
      help: 'Requests that were answered, by route.',
      labelNames: ['method', 'route', 'status'],
      registers,
    });
    addGauges(registers, jobs, slots);
    addProcessMetrics(this.#registry);
  }

  /** @param route its pattern: a label must not grow with the number of jobs */
  count(method: string, route: string, status: number): void {
    this.#requests.inc({ method, route, status });
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

/** Asked for when they are read, not kept up to date in between. */
function addGauges(registers: Registry[], jobs: JobService, slots: StreamSlots): void {
  const byStatus = new Gauge({
    name: 'python_mcp_jobs',
    help: 'Jobs in the home folder, by status.',
    labelNames: ['status'],
    registers,
    collect() {
      for (const [status, count] of Object.entries(jobs.inspect.counts())) {
        byStatus.set({ status }, count);
      }
    },
  });
  const streams = new Gauge({
    name: 'python_mcp_http_streams',
    help: 'Live streams that are open.',
    registers,
    collect() {
      streams.set(slots.taken);
    },
  });
}

/** From an unflushed print to the reply of a waiting reader, against the flush interval. */
import { type Medians, median } from './measure.ts';
import { readNew, type Run, startJob, withServer } from './run.ts';

const FLUSH_INTERVAL_MS = 30;

export function printLatency(run: Run): Promise<Medians> {
  return withServer(run, async (server) => {
    const count = run.quick ? 30 : 100;
    const id = await startJob(server, 'print_times.py', { args: [String(count)] });
    const latencies: number[] = [];
    for (;;) {
      const job = await readNew(server, id, 10);
      const now = performance.timeOrigin + performance.now();
      for (const line of job.new_stdout.split('\n').filter(Boolean)) {
        latencies.push(now - Number(line) * 1000);
      }
      if (job.completed_at === null) continue;
      if (latencies.length !== count) throw new Error(`${latencies.length} of ${count} lines`);
      return { value: median(latencies), baseline: FLUSH_INTERVAL_MS };
    }
  });
}

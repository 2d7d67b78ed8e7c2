/**
 * What Prometheus is told about this process. Read when it asks: the collectors that come with
 * prom-client measure the event loop's delay with a timer that wakes an idle server 100 times a second.
 */
import { readdirSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { Counter, Gauge, type Registry } from 'prom-client';

/** By the names that dashboards for Node.js know. */
export function addProcessMetrics(registry: Registry): void {
  const registers = [registry];
  const cpu = new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Processor time used, seconds.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      cpu.reset();
      cpu.inc((user + system) / 1e6);
    },
  });
  addGauges(registers, [
    ['process_start_time_seconds', 'Start, Unix seconds.', () => performance.timeOrigin / 1000],
    ['process_resident_memory_bytes', 'Memory in use.', () => process.memoryUsage.rss()],
    ['nodejs_heap_size_used_bytes', 'Heap in use.', () => process.memoryUsage().heapUsed],
    ['nodejs_eventloop_utilization', 'Busy part of the time since the start, 0 to 1.', busyPart],
    ['process_open_fds', 'Open file descriptors; -1 where the system does not tell.', openFiles],
  ]);
}

type Reading = [name: string, help: string, read: () => number];

function addGauges(registers: Registry[], readings: readonly Reading[]): void {
  for (const [name, help, read] of readings) {
    const gauge: Gauge = new Gauge({ name, help, registers, collect: () => gauge.set(read()) });
  }
}

function busyPart(): number {
  return performance.eventLoopUtilization().utilization;
}

function openFiles(): number {
  try {
    return readdirSync('/proc/self/fd').length - 1; // one of them lists the others
  } catch {
    return -1;
  }
}

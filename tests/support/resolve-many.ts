/**
 * A second server for tests: resolves one dependency set `count` times at once and prints the
 * interpreters and the lines reported. Arguments: JSON {home, directory, script, config, count}.
 */
import { DEFAULT_ENVIRONMENT_CONFIG } from '../../src/python/context/context.ts';
import { resolveEnvironment } from '../../src/python/resolve-environment.ts';
import type { JobRequest } from '../../src/core/job.ts';

interface Order {
  home: string;
  script: string;
  config: object;
  request: JobRequest;
  count: number;
}

const order = JSON.parse(process.argv[2] ?? '') as Order;
const lines: string[] = [];

async function resolveOne(): Promise<string> {
  const context = {
    home: order.home,
    config: { ...DEFAULT_ENVIRONMENT_CONFIG, ...order.config },
    env: process.env,
    report: (line: string) => void lines.push(line),
    signal: new AbortController().signal,
  };
  const { launch } = await resolveEnvironment(order.request, { path: order.script }, context);
  return launch.interpreter;
}

const interpreters = await Promise.all(Array.from({ length: order.count }, resolveOne));
console.log(JSON.stringify({ interpreters, lines }));

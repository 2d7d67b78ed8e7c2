/** What environment tests share: a throw-away home, a context in it, a request to resolve. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { JobRequest } from '../../src/core/job.ts';
import {
  DEFAULT_ENVIRONMENT_CONFIG,
  type EnvironmentConfig,
  type EnvironmentContext,
} from '../../src/python/context/context.ts';

/** Removed when the test ends. */
export function scratchFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'python-mcp-test-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface TestContext extends EnvironmentContext {
  /** What was reported so far. */
  lines: string[];
}

export function testContext(
  home: string,
  config: Partial<EnvironmentConfig> = {},
  env: EnvironmentContext['env'] = process.env,
): TestContext {
  const lines: string[] = [];
  return {
    home,
    config: { ...DEFAULT_ENVIRONMENT_CONFIG, ...config },
    env,
    lines,
    report: (line) => void lines.push(line),
    signal: new AbortController().signal,
  };
}

type RequestChange = Partial<Omit<JobRequest, 'environment'>> & {
  environment?: Partial<JobRequest['environment']>;
};

export function runRequest(directory: string, change: RequestChange = {}): JobRequest {
  return {
    tool: 'py_run_script_in_dir',
    label: 'test',
    directory,
    scriptPath: null,
    args: [],
    envNames: [],
    envFile: null,
    pythonVersion: null,
    timeoutSeconds: 0,
    streaming: false,
    interactive: false,
    hasStdin: false,
    maxOutputBytes: 1024,
    memoryLimitMb: null,
    benchmark: null,
    ...change,
    environment: {
      useUv: true,
      dependencies: [],
      autoInstall: false,
      ignoreProject: true,
      ...change.environment,
    },
  };
}

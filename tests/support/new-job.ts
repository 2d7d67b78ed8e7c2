/** Jobs for tests that write rows themselves: whole requests, so that a new field has one place here. */
import { newJobId } from '../../src/core/job-id.ts';
import type { JobRequest, Launch } from '../../src/core/job.ts';
import type { Capacities } from '../../src/store/holdings.ts';
import type { NewJob } from '../../src/store/job-store.ts';
import type { Claimant } from '../../src/store/next-in-turn.ts';

export const LAUNCH: Launch = {
  interpreter: '/usr/bin/python3',
  strategy: 'system-python',
  source: 'default-interpreter',
  pythonVersion: '3.12.1',
  resolvedDependencies: null,
  notes: [],
};

export function newRequest(chosen: Partial<JobRequest> = {}): JobRequest {
  return {
    tool: 'test',
    label: 'test',
    directory: '/',
    scriptPath: null,
    args: [],
    envNames: [],
    envFile: null,
    pythonVersion: null,
    environment: { useUv: false, dependencies: [], autoInstall: false, ignoreProject: false },
    timeoutSeconds: 0,
    streaming: false,
    interactive: false,
    hasStdin: false,
    maxOutputBytes: 1024 * 1024,
    memoryLimitMb: null,
    benchmark: null,
    ...chosen,
  };
}

/** What the store takes for a job; its id is of `createdAt`. */
export function newJob({
  request,
  ...chosen
}: Partial<Omit<NewJob, 'request'>> & { request?: Partial<JobRequest> } = {}): NewJob {
  const { createdAt = Date.now() } = chosen;
  return {
    id: newJobId(createdAt),
    submittedBy: 'test',
    client: null,
    bound: false,
    createdAt,
    ...chosen,
    request: newRequest(request),
  };
}

/** A server that asks for the next job, in a home that has so much to share. */
export function claimant(
  server: string,
  places: number,
  shared: Partial<Capacities> = {},
): Claimant {
  const capacities = { locks: new Map<string, number>(), devices: [], ...shared, places };
  return { server, capacities, lives: () => true };
}

/** Rows of the table `jobs` ↔ `Job` values. */
import type { Client } from '../core/client.ts';
import {
  type Ending,
  type Job,
  type JobRequest,
  type JobState,
  type Launch,
  type Outcome,
  type Said,
  UNREADABLE,
} from '../core/job.ts';

export type JobRow = Record<string, string | number | null>;

/** A record that cannot be read makes a job that says so: it is listed and can be removed. */
export function jobOf(row: JobRow): Job {
  return {
    id: String(row['id']),
    request: requestOf(row['request']),
    state: stateOf(row),
    submittedBy: String(row['submitted_by']),
    client: clientOf(row),
    bound: row['bound'] === 1,
    devices: read<string[]>(row['devices'], 'length') ?? [],
    ending: row['ending'] as Ending | null,
    endingBy: row['ending_by'] as string | null,
    createdAt: Number(row['created_at']),
  };
}

function clientOf({ client: name, client_version: version }: JobRow): Client | null {
  return typeof name === 'string' ? { name, version: version as string | null } : null;
}

function stateOf(row: JobRow): JobState {
  const name = row['state'] as JobState['name'];
  switch (name) {
    case 'pending':
      return { name };
    case 'preparing':
      return { name, claimedBy: String(row['claimed_by']) };
    case 'running':
      return { name, startedAt: Number(row['started_at']), launch: launchOf(row['launch']) };
    case 'completed':
    case 'failed':
    case 'cancelled':
      return {
        name,
        startedAt: row['started_at'] as number | null,
        launch: row['launch'] === null ? null : launchOf(row['launch']),
        endedAt: Number(row['ended_at']),
        outcome: read<Outcome>(row['outcome'], 'kind') ?? LOST,
        exitCode: row['exit_code'] as number | null,
        usage: read(row['usage'], 'cpu_seconds'),
        ...(typeof row['error'] === 'string' ? { error: row['error'] } : {}),
        ...(typeof row['said'] === 'string' ? { said: read<Said>(row['said'], 'notes') } : {}),
      };
  }
}

const LOST: Outcome = { kind: 'lost', reason: 'the record of its end cannot be read.' };

const NO_LAUNCH: Launch = {
  interpreter: '',
  strategy: '',
  source: '',
  pythonVersion: '',
  resolvedDependencies: null,
  notes: [],
};

function requestOf(value: Value): JobRequest {
  return read<JobRequest>(value, 'label') ?? UNREADABLE;
}

function launchOf(value: Value): Launch {
  return read<Launch>(value, 'interpreter') ?? NO_LAUNCH;
}

type Value = JobRow[string] | undefined;

/** Null for what is no JSON or no such object, which `member` tells. */
function read<T extends object>(value: Value, member: keyof T & string): T | null {
  try {
    const parsed = JSON.parse(String(value)) as T | null;
    return parsed !== null && typeof parsed === 'object' && member in parsed ? parsed : null;
  } catch {
    return null;
  }
}

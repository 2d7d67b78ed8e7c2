/** Rows of the table `jobs` ↔ `Job` values. */
import type { Client } from '../core/client.ts';
import type { Ending, Job, JobState, Outcome } from '../core/job.ts';

export type JobRow = Record<string, string | number | null>;

export function jobOf(row: JobRow): Job {
  return {
    id: String(row['id']),
    request: parse(row['request']),
    state: stateOf(row),
    submittedBy: String(row['submitted_by']),
    client: clientOf(row),
    bound: row['bound'] === 1,
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
      return { name, startedAt: Number(row['started_at']), launch: parse(row['launch']) };
    case 'completed':
    case 'failed':
    case 'cancelled':
      return {
        name,
        startedAt: row['started_at'] as number | null,
        launch: parseNullable(row['launch']),
        endedAt: Number(row['ended_at']),
        outcome: parse<Outcome>(row['outcome']),
        exitCode: row['exit_code'] as number | null,
        usage: parseNullable(row['usage']),
      };
  }
}

function parse<T>(value: JobRow[string] | undefined): T {
  return JSON.parse(String(value)) as T;
}

function parseNullable<T>(value: JobRow[string] | undefined): T | null {
  return value === null || value === undefined ? null : parse<T>(value);
}

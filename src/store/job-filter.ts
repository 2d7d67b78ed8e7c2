/** Which jobs of a list are wanted, as conditions of SQL over `job_search`. */
import { firstIdAt } from '../core/job-id.ts';
import type { JobStatus } from '../core/job.ts';
import { fold } from './search-text.ts';

/** Which jobs to look for; null = whatever it is. */
export interface JobFilter {
  status: JobStatus | null;
  /** Text in id, label, script, error, tool or client, upper and lower case alike. */
  text: string | null;
  /** Name of the client, without its version. */
  client: string | null;
  /** How the label begins, upper and lower case alike. */
  label: string | null;
  /** Only those that were accepted at this time (Unix ms) or later. */
  since: number | null;
  /** Id of the job to begin at, going to older ones. */
  from: string | null;
}

/** Greater than any id. */
export const NEWEST = '~';

/** @param after id: only jobs newer than that one */
export function conditionsOf(
  { status, text, client, label, since, from }: JobFilter,
  after: string,
): { where: string; values: string[] } {
  const states = statesOf(status);
  const conditions: [sql: string, ...values: string[]][] = [
    ['job_search.id <= ?', from ?? NEWEST],
    ['job_search.id > ?', after],
  ];
  if (since !== null) conditions.push(['job_search.id >= ?', firstIdAt(since)]);
  if (label !== null) conditions.push([LABEL_BEGINS, fold(label)]);
  if (client !== null) conditions.push(['job_search.client = ?', client]);
  if (text !== null) conditions.push(['instr(text, ?) > 0', fold(text)]);
  if (states.length > 0) conditions.push([`job_search.state IN (${marks(states)})`, ...states]);
  return {
    where: conditions.map(([sql]) => sql).join(' AND '),
    values: conditions.flatMap(([, ...values]) => values),
  };
}

/** The text of a job is its id and its label, a line each, then the rest. */
export const LABEL_BEGINS = 'instr(text, job_search.id || char(10) || ?) = 1';

export function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join();
}

export function statesOf(status: JobStatus | null): string[] {
  if (status === null) return [];
  return status === 'running' ? ['running', 'preparing'] : [status];
}

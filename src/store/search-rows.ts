/** Keeps the text that lists of jobs are searched by. */
import { type Client, describeClient } from '../core/client.ts';
import type { JobRequest } from '../core/job.ts';
import { fold, searchText } from './search-text.ts';
import type { Statements } from './statements.ts';

interface Sought {
  id: string;
  request: JobRequest;
  client: Client | null;
}

export function addToSearch(sql: Statements, { id, request, client }: Sought): void {
  const named = client === null ? '' : describeClient(client);
  sql.run(
    `INSERT INTO job_search (id, state, client, text) VALUES (?, 'pending', ?, ?)`,
    id,
    client?.name ?? null,
    searchText(id, request, named),
  );
}

export function addErrorToSearch(sql: Statements, id: string, error: string): void {
  const change = `UPDATE job_search SET text = text || char(10) || ? WHERE id = ?`;
  sql.run(change, fold(error), id);
}

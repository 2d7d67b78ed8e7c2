/** The text that lists of jobs are searched by. */
import type { JobRequest } from '../core/job.ts';

/** Upper and lower case are one. */
export function fold(text: string): string {
  return text.toLowerCase();
}

/** Id and label stand first, a line each; the error is added when there is one. */
export function searchText(id: string, request: JobRequest, client: string): string {
  const { label, tool, scriptPath, module, command } = request;
  const program = scriptPath ?? module ?? command?.join(' ') ?? '';
  return fold([id, label, tool, client, program].join('\n'));
}

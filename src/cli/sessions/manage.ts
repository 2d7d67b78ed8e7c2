/** `python-mcp session list`, `stop` and `export`. */
import { writeFileSync } from 'node:fs';
import { invalid } from '../../core/job-error.ts';
import type { JobService } from '../../jobs/job-service.ts';
import { formatTime } from '../terminal/duration.ts';
import { formatTable } from '../terminal/table.ts';
import { printJson, printLine, styled, type Terminal, write } from '../terminal/terminal.ts';
import { sessionNamed } from './follow-cell.ts';

export async function listSessions(
  { sessions }: JobService,
  { json }: { json?: boolean },
  terminal: Terminal,
): Promise<void> {
  const list = sessions.list();
  if (json) return printJson(terminal, list);
  const { stdout, stderr } = terminal;
  if (list.length === 0) return printLine(stderr, 'No session lives.');
  const names = ['NAME', 'STATE', 'CELLS', 'ENDS', 'JOB'];
  const header = names.map((name) => styled(stdout, 'bold', name));
  const rows = list.map(({ name, state, cell, queued, ends_at: end, job_id: id }) => [
    name,
    state,
    String(cell + queued),
    end ? formatTime(end) : '-',
    id,
  ]);
  await printLine(stdout, formatTable([header, ...rows]));
}

export async function stopSession(
  jobs: JobService,
  name: string,
  { stdout }: Terminal,
): Promise<number> {
  const { message, survivors } = await jobs.control.cancel(sessionNamed(jobs, name));
  await printLine(stdout, message.replace('The job', `Session ${name}`));
  return survivors.length === 0 ? 0 : 1;
}

/** By the ending of the file; without one, as a notebook on standard output. */
export async function exportSession(
  jobs: JobService,
  name: string,
  file: string | undefined,
  { stdout }: Terminal,
): Promise<void> {
  if (file !== undefined && !/\.(?:ipynb|py)$/.test(file)) {
    throw invalid('FILE', `${file} ends neither with .ipynb nor with .py.`, 'Name it so.');
  }
  const id = sessionNamed(jobs, name);
  const text = file?.endsWith('.py') ? jobs.sessions.script(id) : jobs.sessions.notebook(id);
  if (file === undefined) await write(stdout, text);
  else writeFileSync(file, text);
}

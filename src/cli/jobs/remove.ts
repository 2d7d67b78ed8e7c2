/** `python-mcp rm`: removes ended jobs by name, with their files. */
import type { JobService } from '../../jobs/job-service.ts';
import { printJson, printLine, type Terminal } from '../terminal/terminal.ts';
import { jobNamed } from '../terminal/typed-job.ts';

export async function removeJobs(
  jobs: JobService,
  words: string[],
  { json }: { json?: boolean },
  terminal: Terminal,
): Promise<void> {
  const ids = words.map((word) => jobNamed(jobs, word)); // all, before any is gone
  for (const id of ids) {
    await jobs.control.remove(id);
    if (!json) await printLine(terminal.stdout, id);
  }
  if (json) await printJson(terminal, { removed: ids });
}

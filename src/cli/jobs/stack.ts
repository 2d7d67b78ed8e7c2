/** `python-mcp stack`: where the Python code of a running job is. */
import type { JobService } from '../../jobs/job-service.ts';
import { printJson, printLine, type Terminal } from '../terminal/terminal.ts';
import { jobNamed } from '../terminal/typed-job.ts';

export async function showStack(
  jobs: JobService,
  word: string,
  { json }: { json?: boolean },
  terminal: Terminal,
): Promise<void> {
  const stack = await jobs.inspect.stack(jobNamed(jobs, word));
  await (json ? printJson(terminal, { stack }) : printLine(terminal.stdout, stack));
}

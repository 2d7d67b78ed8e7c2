/** `python-mcp rerun`: the run of an earlier job once more, stayed with as with any run. */
import type { JobService } from '../../jobs/job-service.ts';
import { jobNamed } from '../terminal/typed-job.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { courseOf } from './run.ts';
import { parseVariables, readInput, type RunOptions, type StayOptions } from './run-input.ts';
import { accompany } from './stay-with-run.ts';

export type RerunOptions = StayOptions & Pick<RunOptions, 'env' | 'label'>;

/** @returns the exit code for the shell. */
export async function rerun(
  jobs: JobService,
  word: string,
  options: RerunOptions,
  terminal: Terminal,
): Promise<number> {
  const id = jobNamed(jobs, word);
  const { env, stdin, label } = options;
  const values = {
    env_vars: env && parseVariables(env),
    stdin: stdin === undefined ? undefined : await readInput(stdin, terminal),
    job_label: label,
  };
  const { interactive } = jobs.inspect.details(id).request;
  const caller = { jobs, options: { ...options, interactive }, terminal };
  return accompany(
    caller,
    (origin) => jobs.control.rerun(id, values, origin),
    'rerun',
    courseOf(options),
  );
}

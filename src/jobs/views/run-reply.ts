/** A run's result as the run tools reply it: what a model needs next, and nothing that it does not. */
import type { RunReply, RunResult } from '../../contract/replies/run-result.ts';
import type { EndedJob } from '../../core/job.ts';
import type { JobFolder } from '../../output/files/job-folder.ts';
import { filesIn } from '../artifacts/own-folder.ts';

export function runReply(job: EndedJob, folder: JobFolder, result: RunResult): RunReply {
  const { launch } = job.state;
  return {
    job_id: result.job_id,
    status: result.status,
    exit_code: result.exit_code,
    stdout: result.stdout,
    stderr: result.stderr,
    elapsed_seconds: result.elapsed_seconds,
    ...given('error', result.error),
    ...given('result_value', result.result_value),
    ...given('truncated', result.truncated),
    ...ownFolder(job, folder),
    ...(launch?.builtNow ? { resolved_dependencies: launch.resolvedDependencies ?? [] } : {}),
    ...given('notes', result.notes),
    ...given('artifacts', result.artifacts),
    ...given('artifacts_total', result.artifacts_total),
  };
}

function given<Name extends keyof RunReply>(name: Name, value: RunReply[Name]): Partial<RunReply> {
  return value === undefined ? {} : { [name]: value };
}

function ownFolder({ request }: EndedJob, folder: JobFolder): Partial<RunReply> {
  if (request.directory !== folder.work) return {};
  const files = filesIn(folder);
  return { directory: folder.work, ...(files.length > 0 ? { files } : {}) };
}

/** The same run again, from what is stored of a job. What it ran after is past: it is not waited for again. */
import { invalid } from '../../core/job-error.ts';
import { called } from '../../core/wording.ts';
import { type Job, UNREADABLE } from '../../core/job.ts';
import type { JobFolder } from '../../output/files/job-folder.ts';
import { readSource } from '../views/job-source.ts';
import type { ScriptInput } from './check-script.ts';
import type { BenchmarkCounts, RunInput } from './run-request.ts';

/** What a job had and nobody stored: to be given again. */
export interface RerunValues {
  env_vars?: Record<string, string> | undefined;
  stdin?: string | undefined;
  job_label?: string | undefined;
}

const LARGEST_SCRIPT = 16 * 1024 * 1024;

/** @throws JobError invalid_request that names what has to be given again. */
export function rerunInput(job: Job, folder: JobFolder, values: RerunValues): RunInput {
  const { request } = job;
  refuseUnreadable(job);
  refuseSession(job);
  refuseMissing(job, values);
  // Inline code that named no directory ran in its job's own folder; the new job has one, too.
  const own = request.directory === folder.work;
  return {
    ...(own ? {} : { directory: request.directory }),
    ...scriptOf(job, folder),
    args: request.args,
    env_vars: values.env_vars,
    env_file: request.envFile ?? undefined,
    python_version: request.pythonVersion ?? undefined,
    dependencies: request.environment.dependencies,
    use_uv: request.environment.useUv,
    auto_install_deps: request.environment.autoInstall,
    ignore_project_requirements: request.environment.ignoreProject,
    timeout_seconds: request.timeoutSeconds,
    job_label: values.job_label ?? request.label,
    enable_streaming: request.streaming,
    interactive: request.interactive,
    stdin: values.stdin,
    max_output_bytes: request.maxOutputBytes,
    memory_limit_mb: request.memoryLimitMb ?? undefined,
    benchmark: benchmarkOf(job, folder),
    locks: request.locks,
    gpus: request.gpus,
    ...(request.sandbox ? { isolation: 'sandbox' as const, ...request.sandbox } : {}),
  };
}

function benchmarkOf({ request }: Job, folder: JobFolder): BenchmarkCounts | undefined {
  if (!request.benchmark) return undefined;
  const { runs, warmup, compareWith } = request.benchmark;
  if (!compareWith) return { runs, warmup };
  const second = codeOf(compareWith.scriptPath, folder, folder.comparedScript);
  return { runs, warmup, compare_with: second };
}

function scriptOf(job: Job, folder: JobFolder): ScriptInput {
  const { module, command } = job.request;
  if (module !== undefined) return { module };
  if (command) return { command };
  return codeOf(job.request.scriptPath, folder, folder.script);
}

function codeOf(path: string | null, folder: JobFolder, inline: string): ScriptInput {
  if (path !== null) return { script_path: path };
  const { source, truncated } = readSource(path, folder, LARGEST_SCRIPT, inline);
  if (source !== null && !truncated) return { script_content: source };
  throw invalid(
    'job_id',
    'the code of that job is not in its folder any more.',
    'Start a new run with the code.',
  );
}

function refuseUnreadable({ request }: Job): void {
  if (request !== UNREADABLE) return;
  throw invalid('job_id', 'the record of that job cannot be read.', 'Start a new run.');
}

function refuseSession({ request }: Job): void {
  if (!request.session) return;
  const remedy = `Begin anew with ${called('py_session_run')} and ${called('restart=true')}.`;
  throw invalid('job_id', 'that job is a session.', remedy);
}

function refuseMissing({ request }: Job, { env_vars: env = {}, stdin }: RerunValues): void {
  const missing = request.envNames.filter((name) => !(name in env));
  if (missing.length > 0) {
    throw invalid(
      'env_vars',
      `the job had ${missing.join(', ')}, whose values are never stored.`,
      `Pass them again in ${called('env_vars')}.`,
    );
  }
  if (request.hasStdin && stdin === undefined) {
    throw invalid(
      'stdin',
      'the job was given text for standard input, which is never stored.',
      `Pass it again in ${called('stdin')}; "" for an empty one.`,
    );
  }
}

/** Everything there is to know about one job, for people who look into it. */
import type { JobDetails, JobView } from '../../contract/replies/one-job.ts';
import type { Job, Launch } from '../../core/job.ts';

type RequestDetails = JobDetails['request'];
type EnvironmentDetails = NonNullable<JobDetails['environment']>;
type TimelineEntry = JobDetails['timeline'][number];

export function jobDetails(job: Job, view: JobView): JobDetails {
  const launch = 'launch' in job.state ? job.state.launch : null;
  return {
    ...view,
    request: requestDetails(job),
    environment: launch && environmentDetails(launch),
    submitted_by: Number.parseInt(job.submittedBy, 10),
    timeline: timelineOf(view),
  };
}

function requestDetails({ request }: Job): RequestDetails {
  return {
    directory: request.directory,
    script_path: request.scriptPath,
    module: request.module ?? null,
    command: request.command ?? null,
    args: request.args,
    env_names: request.envNames,
    env_file: request.envFile,
    python_version: request.pythonVersion,
    dependencies: request.environment.dependencies,
    use_uv: request.environment.useUv,
    auto_install_deps: request.environment.autoInstall,
    timeout_seconds: request.timeoutSeconds,
    interactive: request.interactive,
    has_stdin: request.hasStdin,
    max_output_bytes: request.maxOutputBytes,
    memory_limit_mb: request.memoryLimitMb,
    locks: request.locks ?? [],
    after: request.after ?? [],
    gpus: request.gpus ?? 0,
    sandbox: request.sandbox ?? null,
  };
}

function environmentDetails(launch: Launch): EnvironmentDetails {
  return {
    interpreter: launch.interpreter,
    python_version: launch.pythonVersion,
    strategy: launch.strategy,
    source: launch.source,
    resolved_dependencies: launch.resolvedDependencies,
    notes: launch.notes,
  };
}

function timelineOf(view: JobView): TimelineEntry[] {
  const moments = [
    { event: 'created', at: view.created_at },
    { event: 'started', at: view.started_at },
    { event: 'ended', at: view.completed_at },
  ] as const;
  return moments.flatMap(({ event, at }) => (at === null ? [] : [{ event, at }]));
}

/** Everything there is to know about one job, for people who look into it. */
import type { Job, Launch } from '../../core/job.ts';
import type { JobView } from './job-view.ts';

export interface RequestDetails {
  directory: string;
  /** Null when the code was given inline. */
  script_path: string | null;
  args: string[];
  /** Values are never stored. */
  env_names: string[];
  env_file: string | null;
  python_version: string | null;
  dependencies: string[];
  use_uv: boolean;
  auto_install_deps: boolean;
  timeout_seconds: number;
  interactive: boolean;
  has_stdin: boolean;
  max_output_bytes: number;
  memory_limit_mb: number | null;
}

export interface EnvironmentDetails {
  interpreter: string;
  python_version: string;
  strategy: string;
  source: string;
  resolved_dependencies: string[] | null;
  notes: string[];
}

export interface TimelineEntry {
  event: 'created' | 'started' | 'ended';
  /** ISO 8601. */
  at: string;
}

export interface JobDetails extends JobView {
  request: RequestDetails;
  /** Null until the script starts. */
  environment: EnvironmentDetails | null;
  /** Process that accepted the job. */
  submitted_by: number;
  timeline: TimelineEntry[];
}

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

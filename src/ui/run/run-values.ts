/** What the fields of the form begin with: what an earlier job was given. */
import { getJson } from '../api/api.ts';
import type { JobDetails, Source } from '../api/api-types.ts';

export interface Start {
  /** By the name of the field. */
  fields: Record<string, string>;
  /** What the form has no field for, and the new run has as the old one had it. */
  carried: Record<string, unknown>;
  /** Names of variables, or the input, whose values nobody stored. */
  asks: boolean;
}

export const EMPTY: Start = { fields: {}, carried: {}, asks: false };

export async function startFrom(id: string, signal: AbortSignal): Promise<Start> {
  const path = `/jobs/${encodeURIComponent(id)}`;
  const { job } = await getJson<{ job: JobDetails }>(path, signal);
  const isInline = !job.request.script_path && !job.request.module && !job.request.command;
  return startOf(job, isInline ? await codeOf(path, signal) : '');
}

async function codeOf(path: string, signal: AbortSignal): Promise<string> {
  const { source, truncated } = await getJson<Source>(`${path}/source`, signal);
  if (source !== null && !truncated) return source;
  throw new Error('The code of this job is not there, or too long to be edited here.');
}

/** @param code of a job that was given it inline */
export function startOf({ id, label, request }: JobDetails, code: string): Start {
  const isOwnFolder = request.directory.includes(`/jobs/${id}/`);
  const names = request.env_names;
  return {
    fields: {
      script_content: code,
      script_path: request.script_path ?? '',
      args: request.args.join('\n'),
      dependencies: request.dependencies.join('\n'),
      job_label: label,
      directory: isOwnFolder ? '' : request.directory,
      env_vars: names.map((name) => `${name}=`).join('\n'),
      python_version: request.python_version ?? '',
      timeout_seconds: request.timeout_seconds > 0 ? String(request.timeout_seconds) : '',
      memory_limit_mb: request.memory_limit_mb === null ? '' : String(request.memory_limit_mb),
      interactive: request.interactive ? 'on' : '',
    },
    carried: carriedOf(request),
    asks: names.length > 0 || request.has_stdin,
  };
}

function carriedOf(request: JobDetails['request']): Record<string, unknown> {
  const { module, command, env_file: file, sandbox } = request;
  return {
    use_uv: request.use_uv,
    auto_install_deps: request.auto_install_deps,
    max_output_bytes: request.max_output_bytes,
    locks: request.locks,
    gpus: request.gpus,
    ...(module ? { module } : {}),
    ...(command ? { command } : {}),
    ...(file ? { env_file: file } : {}),
    ...(sandbox ? { isolation: 'sandbox', ...sandbox } : {}),
  };
}

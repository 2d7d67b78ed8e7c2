/**
 * Settings: one schema, one pure function. Defaults < config.toml < environment < flags; every
 * problem is reported at once, with its source.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { JobError } from '../core/job-error.ts';
import { settingsOf } from './from-environment.ts';
import { homeFolder } from './home-folder.ts';

const MIB = 1024 * 1024;

/** Key in config.toml → schema, default and meaning. The reference page is generated from this. */
export const ConfigSchema = z.strictObject({
  async_timeout_seconds: z
    .number()
    .min(0)
    .max(3600)
    .default(20)
    .describe('How long a synchronous call waits before the run moves to the background.'),
  max_concurrent_jobs: z
    .int()
    .min(1)
    .max(1024)
    .default(Math.max(8, 4 * availableParallelism()))
    .describe('Jobs of this home that run at once; further ones wait as pending.'),
  locks: z
    .record(z.string(), z.int().min(1).max(1024))
    .default({})
    .describe(
      'How many jobs hold a lock at once, by its name, as a table. A lock that is not named here: one.',
    ),
  gpus: z
    .int()
    .min(0)
    .max(64)
    .nullable()
    .default(null)
    .describe(
      'GPUs that are handed out to jobs, numbered from 0. Unset: those of CUDA_VISIBLE_DEVICES, else all that there are.',
    ),
  default_timeout_seconds: z
    .int()
    .min(0)
    .max(31_536_000)
    .default(0)
    .describe('Time limit of a run that names none, in seconds; 0 = no limit.'),
  max_sessions: z
    .int()
    .min(1)
    .max(1024)
    .default(8)
    .describe('Sessions of this home that live at once; they take no place of other jobs.'),
  session_idle_seconds: z
    .int()
    .min(0)
    .max(31_536_000)
    .default(3600)
    .describe('A session ends so long after its last cell, in seconds; 0 = never.'),
  max_output_bytes: z
    .int()
    .min(4096)
    .default(1024 * MIB)
    .describe(
      'Disk space per output stream of a job, in bytes: beyond it the middle of the output is dropped.',
    ),
  min_free_disk_bytes: z
    .int()
    .min(0)
    .default(256 * MIB)
    .describe(
      'While the home folder has less free space than this, new jobs are refused and jobs whose output grows are ended.',
    ),
  keep_jobs_days: z
    .number()
    .min(0)
    .default(30)
    .describe('Jobs that ended longer ago are removed; 0 = never.'),
  keep_jobs_max: z
    .int()
    .min(0)
    .default(10_000)
    .describe('The jobs that ended first are removed beyond this number; 0 = no limit.'),
  keep_jobs_bytes: z
    .int()
    .min(0)
    .default(20 * 1024 * MIB)
    .describe('The jobs that ended first are removed beyond this disk space; 0 = no limit.'),
  flush_interval_ms: z
    .int()
    .min(0)
    .max(60_000)
    .default(30)
    .describe('How often unflushed output of a running script becomes visible; 0 = never.'),
  keep_background_processes: z
    .boolean()
    .default(false)
    .describe('Leave processes alone that a job left behind when it ended.'),
  isolation: z
    .enum(['none', 'sandbox', 'required'])
    .default('none')
    .describe(
      'How scripts run that ask for nothing: with your rights (none) or in a sandbox. required: in a sandbox always, whatever is asked for.',
    ),
  redact: z
    .enum(['secrets', 'all', 'none'])
    .default('secrets')
    .describe(
      'Values of env_vars and env_file that are covered with asterisks in output: those of secrets, by their name or form; all of 8 bytes or more; none. For jobs that start from now on.',
    ),
  python: z
    .string()
    .nullable()
    .default(null)
    .describe('Default interpreter: an absolute path. Unset: python3 on PATH, else the newest.'),
  uv: z
    .string()
    .nullable()
    .default(null)
    .describe('The uv binary: an absolute path. Unset: uv on PATH, else installed once from PyPI.'),
  index_url: z.url().nullable().default(null).describe('Package index instead of PyPI.'),
  allowed_sources: z
    .array(z.string())
    .default([])
    .describe(
      "Indexes, repositories and addresses, by their beginning, that a script's own metadata (tool.uv.index, tool.uv.sources) may take packages from.",
    ),
  find_links: z
    .array(z.string())
    .default([])
    .describe('Folders or pages of wheels to install from, besides the index.'),
  no_index: z.boolean().default(false).describe('Install only from find_links and what is cached.'),
  exclude_newer: z
    .string()
    .nullable()
    .default(null)
    .describe(
      'Ignore package releases newer than this date (RFC 3339): a supply-chain quarantine.',
    ),
  build_environment: z
    .record(z.string(), z.string())
    .default({})
    .describe(
      'Variables for building environments alone, as a table: HTTPS_PROXY, SSL_CERT_FILE, UV_…, PIP_…. Clients often pass none of their own.',
    ),
  offline: z.boolean().default(false).describe('Never use the network to build environments.'),
  environment_timeout_seconds: z
    .int()
    .min(1)
    .max(86_400)
    .default(600)
    .describe('Time budget for building one environment; it does not count against a run.'),
  environment_max_age_days: z
    .number()
    .min(0)
    .default(30)
    .describe('Cached environments that were not used for longer are removed.'),
  environments_max_bytes: z
    .int()
    .min(0)
    .default(10 * 1024 * MIB)
    .describe('Least recently used environments are removed beyond this.'),
  scripts_dir: z
    .string()
    .nullable()
    .default(null)
    .describe('Folder of saved scripts. Unset: scripts/ in the home folder.'),
  log_level: z
    .enum(['debug', 'info', 'warn', 'error'])
    .default('info')
    .describe('Least severe level that is written to logs/server.log.'),
});

export type ConfigFile = z.infer<typeof ConfigSchema>;
export type Config = ConfigFile & { home: string };
type Key = keyof ConfigFile;

/** Environment variable of each setting. */
export const CONFIG_ENV: Record<Key, string> = {
  async_timeout_seconds: 'SMART_ASYNC_TIMEOUT_SECONDS',
  max_concurrent_jobs: 'PYTHON_MCP_MAX_CONCURRENT_JOBS',
  locks: 'PYTHON_MCP_LOCKS',
  gpus: 'PYTHON_MCP_GPUS',
  default_timeout_seconds: 'PYTHON_MCP_DEFAULT_TIMEOUT_SECONDS',
  max_sessions: 'PYTHON_MCP_MAX_SESSIONS',
  session_idle_seconds: 'PYTHON_MCP_SESSION_IDLE_SECONDS',
  max_output_bytes: 'PYTHON_MCP_MAX_OUTPUT_BYTES',
  min_free_disk_bytes: 'PYTHON_MCP_MIN_FREE_DISK_BYTES',
  keep_jobs_days: 'PYTHON_MCP_KEEP_JOBS_DAYS',
  keep_jobs_max: 'PYTHON_MCP_KEEP_JOBS_MAX',
  keep_jobs_bytes: 'PYTHON_MCP_KEEP_JOBS_BYTES',
  flush_interval_ms: 'PYTHON_MCP_FLUSH_MS',
  keep_background_processes: 'PYTHON_MCP_KEEP_BACKGROUND_PROCESSES',
  isolation: 'PYTHON_MCP_ISOLATION',
  redact: 'PYTHON_MCP_REDACT',
  python: 'PYTHON_MCP_PYTHON',
  uv: 'PYTHON_MCP_UV',
  index_url: 'PYTHON_MCP_INDEX_URL',
  allowed_sources: 'PYTHON_MCP_ALLOWED_SOURCES',
  find_links: 'PYTHON_MCP_FIND_LINKS',
  no_index: 'PYTHON_MCP_NO_INDEX',
  exclude_newer: 'PYTHON_MCP_EXCLUDE_NEWER',
  build_environment: 'PYTHON_MCP_BUILD_ENVIRONMENT',
  offline: 'PYTHON_MCP_OFFLINE',
  environment_timeout_seconds: 'PYTHON_MCP_ENVIRONMENT_TIMEOUT_SECONDS',
  environment_max_age_days: 'PYTHON_MCP_ENVIRONMENT_MAX_AGE_DAYS',
  environments_max_bytes: 'PYTHON_MCP_ENVIRONMENTS_MAX_BYTES',
  scripts_dir: 'PYTHON_MCP_SCRIPTS_DIR',
  log_level: 'PYTHON_MCP_LOG_LEVEL',
};

export interface ConfigSources {
  env: Record<string, string | undefined>;
  /** Settings given on the command line, by config key. */
  flags?: Record<string, unknown>;
  /** Text of a file, or null when there is none. */
  readFile: (path: string) => string | null;
  /** Loaded only when there is a config file: most homes have none. */
  parseToml: (text: string) => unknown;
}

/** @throws JobError invalid_request that lists every wrong setting with its source. */
export function loadConfig({ env, flags = {}, readFile, parseToml }: ConfigSources): Config {
  const home = homeFolder(env);
  const path = join(home, 'config.toml');
  const file = readFile(path);
  const problems: string[] = [];
  const merged = {
    ...(file === null ? {} : fromFile(file, path, parseToml, problems)),
    ...settingsOf(env, CONFIG_ENV),
    ...flags,
  };
  const parsed = ConfigSchema.safeParse(merged);
  for (const issue of parsed.error?.issues ?? []) {
    problems.push(describeIssue(issue, merged, env, flags, path));
  }
  if (problems.length > 0 || !parsed.success) {
    throw new JobError('invalid_request', `Wrong settings:\n  ${problems.join('\n  ')}`);
  }
  return { ...parsed.data, home };
}

function fromFile(
  text: string,
  path: string,
  parseToml: ConfigSources['parseToml'],
  problems: string[],
): Record<string, unknown> {
  try {
    return parseToml(text) as Record<string, unknown>;
  } catch (error) {
    problems.push(`${path}: not valid TOML: ${(error as Error).message}`);
    return {};
  }
}

function describeIssue(
  issue: z.core.$ZodIssue,
  merged: Record<string, unknown>,
  env: ConfigSources['env'],
  flags: Record<string, unknown>,
  path: string,
): string {
  if (issue.code === 'unrecognized_keys') {
    return `${path}: unknown setting ${issue.keys.join(', ')}. Known: ${Object.keys(CONFIG_ENV).join(', ')}.`;
  }
  const key = String(issue.path[0]) as Key;
  const source = key in flags ? 'command line' : env[CONFIG_ENV[key]] ? CONFIG_ENV[key] : path;
  return `${source}: ${key} = ${JSON.stringify(merged[key])}: ${issue.message}`;
}

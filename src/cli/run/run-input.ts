/** From the words after `run` to a request. Paths are relative to where the caller stands. */
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { RunInDirSchema, RunWithDependenciesSchema } from '../../contract/inputs.ts';
import { invalid, shown } from '../../core/job-error.ts';
import type { ScriptInput } from '../../jobs/accept/check-script.ts';
import type { RunInput } from '../../jobs/accept/run-request.ts';
import type { JobService } from '../../jobs/job-service.ts';
import { checked } from '../terminal/typed-input.ts';
import { jobNamed } from '../terminal/typed-job.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** How a command stays with the job it starts. */
export interface StayOptions {
  detach?: boolean;
  stdin?: string;
  interactive?: boolean;
  json?: boolean;
  /** The code itself is read from standard input. */
  isCodeFromStdin?: boolean;
}

export interface RunOptions extends StayOptions {
  code?: string;
  module?: string;
  command?: boolean;
  label?: string;
  dir?: string;
  python?: string;
  timeout?: number;
  env?: string[];
  envFile?: string;
  with?: string[];
  autoInstall: boolean;
  uv: boolean;
  maxOutputBytes?: number;
  memoryLimitMb?: number;
  lock?: string[];
  after?: string[];
  gpus?: number;
  sandbox?: boolean;
  network?: boolean;
  write?: string;
  gpu?: boolean;
  requestKey?: string;
}

const { ignore_project_requirements: ignoreProject } = RunWithDependenciesSchema.shape;
const RunSchema = RunInDirSchema.extend({ ignore_project_requirements: ignoreProject });

/** @throws JobError invalid_request */
export async function runInputOf(
  jobs: JobService,
  words: string[],
  options: RunOptions,
  terminal: Terminal,
): Promise<RunInput> {
  refusePackagesWithoutUv(options);
  const { script, label, args } = await scriptOf(words, options, terminal);
  const { envFile, stdin } = options;
  const typed = {
    directory: resolve(options.dir ?? '.'),
    ...script,
    args,
    job_label: options.label ?? label,
    python_version: options.python,
    timeout_seconds: options.timeout,
    env_vars: options.env && parseVariables(options.env),
    env_file: envFile === undefined ? undefined : resolve(envFile),
    stdin: stdin === undefined ? undefined : await readInput(stdin, terminal),
    interactive: options.interactive,
    dependencies: options.with,
    ignore_project_requirements: options.with && true,
    auto_install_deps: options.autoInstall,
    use_uv: options.uv,
    max_output_bytes: options.maxOutputBytes,
    memory_limit_mb: options.memoryLimitMb,
    locks: options.lock,
    after: options.after?.map((word) => jobNamed(jobs, word)),
    gpus: options.gpus,
    isolation: options.sandbox ? 'sandbox' : undefined,
    network: options.network,
    write: options.write,
    gpu: options.gpu,
    request_key: options.requestKey,
  };
  return checked(RunSchema, typed, terminal);
}

function refusePackagesWithoutUv({ with: packages, uv }: RunOptions): void {
  if (uv || !packages) return;
  const problem = `${shown(packages)} cannot be installed with --no-uv.`;
  throw invalid('--with', problem, 'Leave one of the two out.');
}

interface Script {
  script: ScriptInput;
  label: string;
  args: string[];
}

async function scriptOf(words: string[], options: RunOptions, terminal: Terminal): Promise<Script> {
  if (options.code !== undefined) {
    return { script: { script_content: options.code }, label: 'inline code', args: words };
  }
  const { module } = options;
  if (module !== undefined) return { script: { module }, label: module, args: words };
  if (options.command) return { script: { command: words }, label: words.join(' '), args: [] };
  const [name, ...rest] = words;
  // Once the words of a script had to stand behind this sign.
  const args = rest[0] === '--' ? rest.slice(1) : rest;
  if (name === undefined) {
    throw invalid(
      'SCRIPT',
      'it is missing.',
      'Name a file, "-" for standard input, or give -c CODE.',
    );
  }
  if (name !== '-') {
    return { script: { script_path: resolve(name) }, label: basename(name), args };
  }
  refuseSharedStdin(options);
  options.isCodeFromStdin = true;
  return { script: { script_content: await text(terminal.stdin) }, label: 'standard input', args };
}

function refuseSharedStdin({ stdin, interactive }: RunOptions): void {
  if (stdin !== '-' && !interactive) return;
  const remedy = 'Put the code in a file, or pass it with -c.';
  throw invalid('SCRIPT', 'standard input cannot hold both the code and its input.', remedy);
}

export async function readInput(name: string, terminal: Terminal): Promise<string> {
  if (name === '-') return text(terminal.stdin);
  try {
    return readFileSync(name, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw invalid('--stdin', `${shown(name)} cannot be read (${code}).`, 'Name a file, or "-".');
  }
}

export function parseVariables(pairs: string[]): Record<string, string> {
  return Object.fromEntries(pairs.map(parseVariable));
}

function parseVariable(pair: string): [string, string] {
  const at = pair.indexOf('=');
  if (at > 0) return [pair.slice(0, at), pair.slice(at + 1)];
  throw invalid('--env', `${shown(pair)} has no name and value.`, 'Write it as NAME=VALUE.');
}

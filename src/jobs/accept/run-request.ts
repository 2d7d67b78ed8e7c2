/**
 * From what a caller asked for to a job that can be stored. Everything that can be wrong is found
 * here, before anything is written or started.
 */
import { dirname, isAbsolute, resolve } from 'node:path';
import type { SharedRunInput } from '../../contract/inputs.ts';
import { checkAll, invalid, JobError, refused, shown } from '../../core/job-error.ts';
import { called } from '../../core/wording.ts';
import type { BenchmarkRequest, JobRequest, SessionRequest } from '../../core/job.ts';
import { checkDependencies } from '../../python/resolve-environment.ts';
import type { HeldValues } from '../context/held-values.ts';
import { type CheckedScript, checkScript, refuseNul, type ScriptInput } from './check-script.ts';
import { type Shared, waitsAsked } from './check-queue.ts';
import { sandboxAsked } from './check-sandbox.ts';
import { readEnvFile } from '../../os/env-file.ts';

/** What a caller may ask of a run, whichever door it came through. */
export interface RunInput extends SharedRunInput, ScriptInput {
  use_uv?: boolean | undefined;
  auto_install_deps?: boolean | undefined;
  dependencies?: string[] | undefined;
  ignore_project_requirements?: boolean | undefined;
  benchmark?: BenchmarkCounts | undefined;
  session?: SessionRequest | undefined;
}

export interface BenchmarkCounts extends Pick<BenchmarkRequest, 'runs' | 'warmup'> {
  compare_with?: ComparedInput | undefined;
}

/** A file, or code. */
export type ComparedInput = Pick<ScriptInput, 'script_path' | 'script_content'>;

/** A checked request: what is stored, and beside it what never is. */
export interface CheckedRun {
  /** `directory` is still null for inline code that named none: then it is the job's work folder. */
  request: Omit<JobRequest, 'directory'> & { directory: string | null };
  /** Inline code, for the job's folder; null when the script is a file. */
  source: string | null;
  /** The same of the script that it is compared with. */
  comparedSource: string | null;
  held: HeldValues;
}

export interface RunDefaults extends Shared {
  tool: string;
  timeoutSeconds: number;
  maxOutputBytes: number;
  isolation: 'none' | 'sandbox' | 'required';
}

const LARGEST_ARGUMENT = 128 * 1024 - 1; // Linux MAX_ARG_STRLEN, less the final NUL

/** @throws JobError invalid_request, unavailable */
export async function checkRun(input: RunInput, defaults: RunDefaults): Promise<CheckedRun> {
  const [script, dependencies, envFile, asked, compared, waits] = await checkAll([
    () => checkScript(input),
    () => checkDependencies(input.dependencies ?? []),
    () => checkEnvFile(input),
    () => sandboxAsked(input, defaults.isolation),
    () => checkCompared(input),
    () => waitsAsked(input, defaults),
    () => checkArgs(input.args ?? []),
    () => checkInput(input),
    () => checkEnv(input),
  ]);
  const { directory, path, source, ...program } = script;
  const sandbox = asked && { ...asked, gpu: asked.gpu || waits.gpus !== undefined };
  const held = { env: input.env_vars ?? {}, stdin: input.stdin ?? null };
  const request: CheckedRun['request'] = {
    tool: defaults.tool,
    label: input.job_label || defaults.tool,
    directory,
    scriptPath: path,
    ...program,
    ...(input.session ? { session: input.session } : {}),
    args: input.args ?? [],
    envNames: Object.keys(held.env).sort(),
    envFile,
    pythonVersion: input.python_version ?? null,
    environment: {
      useUv: input.use_uv ?? true,
      dependencies,
      autoInstall: input.auto_install_deps ?? true,
      ignoreProject: input.ignore_project_requirements ?? false,
    },
    timeoutSeconds: input.timeout_seconds ?? defaults.timeoutSeconds,
    streaming: input.enable_streaming ?? false,
    interactive: input.interactive ?? false,
    hasStdin: held.stdin !== null,
    maxOutputBytes: input.max_output_bytes ?? defaults.maxOutputBytes,
    memoryLimitMb: input.memory_limit_mb ?? null,
    benchmark: benchmarkOf(input.benchmark, compared),
    ...(sandbox ? { sandbox } : {}),
    ...waits,
  };
  return { request, source, comparedSource: compared?.source ?? null, held };
}

/** Relative as the first script is. */
function checkCompared({ benchmark, directory }: RunInput): CheckedScript | null {
  const { compare_with: second } = benchmark ?? {};
  if (!second) return null;
  try {
    return checkScript({ directory: directory || undefined, ...second });
  } catch (error) {
    if (!(error instanceof JobError)) throw error;
    const own = error.refusals.filter(({ parameter }) => parameter !== 'directory');
    if (own.length === 0) return null; // the check of the first script says what is wrong
    throw refused(own.map((refusal) => ({ ...refusal, parameter: 'compare_with' })));
  }
}

function benchmarkOf(
  asked: BenchmarkCounts | undefined,
  compared: CheckedScript | null,
): BenchmarkRequest | null {
  if (!asked) return null;
  const { runs, warmup } = asked;
  return { runs, warmup, ...(compared ? { compareWith: { scriptPath: compared.path } } : {}) };
}

function checkArgs(args: string[]): void {
  const wrong = args.find((arg) => Buffer.byteLength(arg) > LARGEST_ARGUMENT);
  if (wrong === undefined) return;
  throw invalid(
    'args',
    `${shown(wrong)} has ${Buffer.byteLength(wrong)} bytes; the system takes ${LARGEST_ARGUMENT}.`,
    'Pass large data through stdin or a file.',
  );
}

function checkInput({ stdin, interactive }: RunInput): void {
  if (stdin === undefined || !interactive) return;
  throw invalid(
    'stdin',
    `it cannot be given together with ${called('interactive')}.`,
    `Leave ${called('stdin')} out and send the text with ${called('py_send_input')}.`,
  );
}

/** Names that a shell or loader would take apart, and our own, are refused. */
function checkEnv({ env_vars: env = {} }: RunInput): void {
  for (const name of Object.keys(env)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw invalid(
        'env_vars',
        `${shown(name)} is not a variable name.`,
        'Use letters, digits and underscores, not beginning with a digit.',
      );
    }
    if (name.startsWith('PYTHON_MCP_')) {
      throw invalid('env_vars', `${shown(name)} is reserved.`, 'Choose another name.');
    }
  }
}

/** Relative to `directory`, or to that of a script file. */
async function checkEnvFile(input: RunInput): Promise<string | null> {
  const { env_file: named, script_path: script } = input;
  if (!named) return null;
  refuseNul('env_file', named);
  const beside = script && isAbsolute(script) && input.directory !== null ? dirname(script) : null;
  const directory = input.directory || beside;
  if (!directory && !isAbsolute(named)) {
    throw invalid('env_file', `${shown(named)} is relative.`, 'Pass an absolute path.');
  }
  const path = resolve(directory ?? '/', named);
  await readEnvFile(path, {});
  return path;
}

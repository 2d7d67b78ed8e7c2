/**
 * From what a caller asked for to a job that can be stored. Everything that can be wrong is found
 * here, before anything is written or started.
 */
import { constants, readFileSync, statSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import { isUtf8 } from 'node:buffer';
import type { RunInDirInput } from '../contract.ts';
import { invalid, JobError, shown } from '../core/job-error.ts';
import type { JobRequest } from '../core/job.ts';
import { readEnvFile } from './env-file.ts';

/** What a caller may ask of a run, whichever door it came through. */
export type RunInput = RunInDirInput & { dependencies?: string[] };

/** A checked request: what is stored, and beside it what never is. */
export interface CheckedRun {
  request: JobRequest;
  /** Inline code, for the job's folder; null when the script is a file. */
  source: string | null;
  held: HeldValues;
}

/** Values that live only in the memory of the process that accepted the job. */
export interface HeldValues {
  env: Record<string, string>;
  stdin: string | null;
}

export interface RunDefaults {
  tool: string;
  timeoutSeconds: number;
  maxOutputBytes: number;
}

const LARGEST_ARGUMENT = 128 * 1024 - 1; // Linux MAX_ARG_STRLEN, less the final NUL
const LARGEST_SCRIPT = 16 * 1024 * 1024;

/** @throws JobError invalid_request, unavailable */
export async function checkRun(input: RunInput, defaults: RunDefaults): Promise<CheckedRun> {
  refuseUnavailable(input);
  const directory = await checkDirectory(input.directory);
  const script = checkScript(input, directory);
  checkArgs(input.args ?? []);
  checkInput(input);
  const held = { env: checkEnv(input), stdin: input.stdin ?? null };
  const request: JobRequest = {
    tool: defaults.tool,
    label: input.job_label || defaults.tool,
    directory,
    scriptPath: script.path,
    args: input.args ?? [],
    envNames: Object.keys(held.env).sort(),
    envFile: input.env_file ? await checkEnvFile(input.env_file, directory) : null,
    pythonVersion: input.python_version ?? null,
    environment: {
      useUv: input.use_uv ?? true,
      dependencies: input.dependencies ?? [],
      autoInstall: input.auto_install_deps ?? true,
      ignoreProject: false,
    },
    timeoutSeconds: input.timeout_seconds ?? defaults.timeoutSeconds,
    streaming: input.enable_streaming ?? false,
    interactive: input.interactive ?? false,
    hasStdin: held.stdin !== null,
    maxOutputBytes: input.max_output_bytes ?? defaults.maxOutputBytes,
    memoryLimitMb: input.memory_limit_mb ?? null,
  };
  return { request, source: script.source, held };
}

function refuseUnavailable({ isolation, executor }: RunInput): void {
  if (isolation === 'sandbox') {
    throw new JobError(
      'unavailable',
      'isolation: "sandbox" is not available in this version. Leave isolation out to run with your rights.',
    );
  }
  if (executor === 'ray') {
    throw new JobError(
      'unavailable',
      'executor: "ray" is not available in this version. Leave executor out to run on this machine.',
    );
  }
}

async function checkDirectory(named: string): Promise<string> {
  refuseNul('directory', named);
  const directory = resolve(named);
  const stat = statSync(directory, { throwIfNoEntry: false });
  const remedy = 'Pass the absolute path of an existing folder.';
  if (!stat) throw invalid('directory', `${shown(named)} does not exist.`, remedy);
  if (!stat.isDirectory()) throw invalid('directory', `${shown(named)} is not a folder.`, remedy);
  const reachable = await canAccess(directory, constants.R_OK | constants.X_OK);
  if (!reachable) throw invalid('directory', `${shown(named)} cannot be entered.`, remedy);
  return directory;
}

function checkScript(
  { script_path: path, script_content: content }: RunInput,
  directory: string,
): { path: string | null; source: string | null } {
  if ((path === undefined) === (content === undefined)) {
    throw invalid(
      'script_path / script_content',
      path === undefined ? 'neither is given.' : 'both are given.',
      'Pass exactly one: script_path for a file, script_content for code.',
    );
  }
  if (content !== undefined) return { path: null, source: checkSource(content) };
  return { path: checkScriptFile(path as string, directory), source: null };
}

function checkSource(content: string): string {
  if (content.length > LARGEST_SCRIPT) {
    throw invalid(
      'script_content',
      `${content.length} characters are too many.`,
      'Save the code as a file and pass script_path.',
    );
  }
  if (!content.isWellFormed()) {
    throw invalid(
      'script_content',
      'it contains half of a surrogate pair, which UTF-8 cannot hold.',
      'Send valid Unicode text.',
    );
  }
  refuseNul('script_content', content);
  return content;
}

function checkScriptFile(named: string, directory: string): string {
  refuseNul('script_path', named);
  const path = isAbsolute(named) ? named : resolve(directory, named);
  const remedy = 'Pass the path of a Python file, absolute or relative to directory.';
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) throw invalid('script_path', `${shown(named)} does not exist (${path}).`, remedy);
  if (!stat.isFile()) throw invalid('script_path', `${shown(named)} is not a file.`, remedy);
  if (stat.size > LARGEST_SCRIPT) {
    throw invalid('script_path', `${shown(named)} has ${stat.size} bytes.`, remedy);
  }
  checkEncoding(named, readScript(path, named, remedy));
  return path;
}

function readScript(path: string, named: string, remedy: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw invalid('script_path', `${shown(named)} cannot be read (${code}).`, remedy);
  }
}

/** Python reads other encodings when the file declares one; without a declaration it must be UTF-8. */
function checkEncoding(named: string, bytes: Buffer): void {
  const opening = bytes.subarray(0, 400).toString('latin1').split('\n', 2).join('\n');
  if (isUtf8(bytes) || /^[ \t\f]*#.*?coding[:=]/m.test(opening)) return;
  throw invalid(
    'script_path',
    `${shown(named)} is not valid UTF-8 and declares no encoding.`,
    'Save it as UTF-8, or put "# -*- coding: <name> -*-" in its first line.',
  );
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
    'it cannot be given together with interactive.',
    'Leave stdin out and send the text with py_send_input.',
  );
}

/** Names that a shell or loader would take apart, and our own, are refused. */
function checkEnv({ env_vars: env = {} }: RunInput): Record<string, string> {
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
  return env;
}

async function checkEnvFile(named: string, directory: string): Promise<string> {
  refuseNul('env_file', named);
  const path = isAbsolute(named) ? named : resolve(directory, named);
  await readEnvFile(path, {});
  return path;
}

function refuseNul(parameter: string, value: string): void {
  if (value.includes('\0')) {
    throw invalid(parameter, `${shown(value)} contains a NUL character.`, 'Remove it.');
  }
}

async function canAccess(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}

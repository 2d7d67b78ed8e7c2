/**
 * What a Python executable says about itself, asked once and remembered in
 * `<home>/meta/interpreters.json`: a version manager's shim costs 100 ms per start, a stat nothing.
 */
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Newest } from '../../core/newest.ts';
import type { EnvironmentContext } from '../context/context.ts';
import { writeAtomic } from '../../os/atomic-file.ts';
import { fileStamp } from '../../os/file-stamp.ts';

export interface Interpreter {
  /** `sys.executable`: what is executed, never a shim that would look it up again. */
  path: string;
  /** "3.12.1" */
  version: string;
  prefix: string;
  basePrefix: string;
  /** A final CPython release with the usual ABI: preferred over PyPy, betas, free-threaded builds. */
  standard: boolean;
}

interface Answer {
  /** Identity of the file when it was asked. */
  stamp: string;
  /** Identity of the interpreter behind it, which a shim hides. */
  target: string | null;
  /** Null: it did not start, or is not a Python 3. */
  interpreter: Interpreter | null;
}

type Env = EnvironmentContext['env'];

const PROBE = [
  'import sys',
  'v = sys.version_info',
  'print(sys.executable, "%d.%d.%d" % v[:3], sys.prefix, sys.base_prefix, sys.implementation.name,',
  '      "t" in getattr(sys, "abiflags", ""), v[3], sep="\\n")',
].join('\n');
const PROBE_TIMEOUT_MS = 20_000;

const memories = new Newest<string, InterpreterCache>(8);

/** The cache of a home folder; one per process, so that concurrent questions are asked once. */
export function interpreterCache(home: string): InterpreterCache {
  let cache = memories.get(home);
  if (!cache) memories.set(home, (cache = new InterpreterCache(join(home, 'meta'))));
  return cache;
}

export class InterpreterCache {
  readonly #file: string;
  readonly #asking = new Map<string, Promise<Interpreter | null>>();
  #answers: Promise<Map<string, Answer>> | null = null;
  #loaded: Map<string, Answer> | null = null;
  #saving: Promise<void> = Promise.resolve();

  constructor(folder: string) {
    this.#file = join(folder, 'interpreters.json');
  }

  /** What is known without asking, for the price of a stat; undefined when it must be asked. */
  recall(path: string, env: Env): Interpreter | null | undefined {
    const stamp = stampOf(path, env);
    if (!stamp) return null;
    const known = this.#loaded?.get(path);
    if (known?.stamp !== stamp) return undefined;
    return targetOf(known.interpreter) === known.target ? known.interpreter : undefined;
  }

  /** Null when nothing usable is at `path`. */
  async describe(path: string, env: Env): Promise<Interpreter | null> {
    this.#loaded ??= await this.#load();
    const recalled = this.recall(path, env);
    if (recalled !== undefined) return recalled;
    const stamp = stampOf(path, env);
    if (!stamp) return null;
    const key = `${path}\0${stamp}`;
    let asking = this.#asking.get(key);
    if (!asking) {
      asking = this.#ask(path, stamp, env).finally(() => this.#asking.delete(key));
      this.#asking.set(key, asking);
    }
    return asking;
  }

  async #ask(path: string, stamp: string, env: Env): Promise<Interpreter | null> {
    const { interpreter, certain } = await probe(path, env);
    if (!certain) return null;
    (await this.#load()).set(path, { stamp, target: targetOf(interpreter), interpreter });
    // A failure is not stored: what was missing may be installed without touching the executable.
    if (!interpreter) return null;
    this.#saving = this.#saving.then(() => this.#save());
    await this.#saving;
    return interpreter;
  }

  #load(): Promise<Map<string, Answer>> {
    return (this.#answers ??= readAnswers(this.#file));
  }

  /** Merges with what other processes learned meanwhile; a cache that cannot be written is none. */
  async #save(): Promise<void> {
    const mine = [...(await this.#load())].filter(([, answer]) => answer.interpreter);
    const merged = new Map([...(await readAnswers(this.#file)), ...mine]);
    try {
      mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
      writeAtomic(this.#file, JSON.stringify(Object.fromEntries(merged)));
    } catch {
      return;
    }
  }
}

async function readAnswers(file: string): Promise<Map<string, Answer>> {
  try {
    const entries: [string, Answer][] = Object.entries(JSON.parse(await readFile(file, 'utf8')));
    return new Map(entries.filter(([, answer]) => isAnswer(answer)));
  } catch {
    return new Map();
  }
}

function isAnswer(value: unknown): value is Answer {
  const { stamp, interpreter } = (value ?? {}) as Partial<Answer>;
  if (typeof stamp !== 'string') return false;
  return typeof interpreter?.path === 'string' && typeof interpreter.version === 'string';
}

/** A shim answers by its version manager's settings: those belong to its stamp. */
function stampOf(path: string, env: Env): string | null {
  const own = fileStamp(path);
  const folder = dirname(path);
  if (!own || !isShimFolder(folder)) return own;
  const settings = fileStamp(join(dirname(folder), 'version'));
  return `${own} ${settings} ${env['PYENV_VERSION'] ?? ''}`;
}

function targetOf(interpreter: Interpreter | null): string | null {
  return interpreter && fileStamp(interpreter.path);
}

export function isShimFolder(folder: string): boolean {
  return basename(folder) === 'shims';
}

interface Probed {
  interpreter: Interpreter | null;
  /** False when it only took too long: worth asking again. */
  certain: boolean;
}

/** Runs from `/`, so that a shim does not answer for whatever directory the server stands in. */
function probe(path: string, env: Env): Promise<Probed> {
  const options = { timeout: PROBE_TIMEOUT_MS, cwd: '/', env, encoding: 'utf8' as const };
  return new Promise((resolve) => {
    execFile(path, ['-I', '-S', '-c', PROBE], options, (error, stdout) => {
      if (error) resolve({ interpreter: null, certain: !error.killed });
      else resolve({ interpreter: parseProbe(stdout), certain: true });
    });
  });
}

function parseProbe(stdout: string): Interpreter | null {
  const [path, version, prefix, basePrefix, name, freeThreaded, level] = stdout.split('\n');
  if (!path || !version || !prefix || !basePrefix) return null;
  const standard = name === 'cpython' && freeThreaded === 'False' && level === 'final';
  return { path, version, prefix, basePrefix, standard };
}

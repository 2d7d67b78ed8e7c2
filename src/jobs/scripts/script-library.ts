/** Saved scripts, as the adapters see them: the wire form of the contract. */
import { readFile, rm } from 'node:fs/promises';
import type { SaveScriptInput } from '../../contract/inputs.ts';
import type { SaveReply, ScriptView } from '../../contract/replies/script.ts';
import { JobError, shown } from '../../core/job-error.ts';
import {
  findSavedScript,
  listSavedScripts,
  saveScript,
  type SavedScript,
} from '../../python/saved/saved-scripts.ts';
import { syntaxErrorIn } from '../../python/saved/syntax-error.ts';

/** Path of an interpreter for versions such as ">=3.10". */
export type FindPython = (specifier: string | null) => Promise<string>;

export class ScriptLibrary {
  readonly #folder: string;
  readonly #findPython: FindPython;

  constructor(folder: string, findPython: FindPython) {
    this.#folder = folder;
    this.#findPython = findPython;
  }

  /** A script that cannot run as it is may still be wanted, but is said to be. @throws JobError invalid_request, storage */
  async save(input: SaveScriptInput): Promise<SaveReply> {
    const { script_name: name, requires_python: requiresPython = null } = input;
    const { path, source } = await saveScript(this.#folder, {
      name,
      source: input.source,
      dependencies: input.dependencies ?? [],
      requiresPython,
      overwrite: input.overwrite ?? false,
    });
    const error = await this.#syntaxError(source, requiresPython);
    const wrong = error ? ` It has a syntax error, ${error}: correct it and save it again.` : '';
    return { written: true, path, message: `Saved ${shown(name)}.${wrong}` };
  }

  async #syntaxError(source: string, requiresPython: string | null): Promise<string | null> {
    try {
      return await syntaxErrorIn(source, await this.#findPython(requiresPython));
    } catch {
      return null; // no such interpreter: a run will say so
    }
  }

  async list(): Promise<ScriptView[]> {
    return (await listSavedScripts(this.#folder)).map(viewOf);
  }

  /** Path of a saved script. @throws JobError invalid_request that names the saved ones */
  find(name: string): Promise<string> {
    return findSavedScript(this.#folder, name);
  }

  /** Its source. @throws JobError as `find`; storage when it cannot be read */
  async read(name: string): Promise<string> {
    const path = await this.find(name);
    return readFile(path, 'utf8').catch((error: Error) => fail(path, 'read', error));
  }

  /** Returns the path that was. @throws JobError as `find`; storage when it cannot be removed */
  async remove(name: string): Promise<string> {
    const path = await this.find(name);
    await rm(path).catch((error: Error) => fail(path, 'removed', error));
    return path;
  }
}

function fail(path: string, what: string, cause: Error): never {
  const message = `${path} could not be ${what}: ${cause.message}. Check the folder.`;
  throw new JobError('storage', message, { cause });
}

function viewOf(script: SavedScript): ScriptView {
  const { name, path, description, dependencies, requiresPython, modifiedAt, problem } = script;
  return {
    name,
    path,
    description,
    dependencies,
    requires_python: requiresPython,
    modified_at: modifiedAt,
    ...(problem === null ? {} : { problem }),
  };
}

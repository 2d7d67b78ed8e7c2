/** Saved scripts, as the adapters see them: the wire form of the contract. */
import { readFile, rm } from 'node:fs/promises';
import type { SaveScriptInput } from '../../contract/inputs.ts';
import type { SaveReply, ScriptView } from '../../contract/replies/script.ts';
import { JobError } from '../../core/job-error.ts';
import {
  findSavedScript,
  listSavedScripts,
  saveScript,
  type SavedScript,
} from '../../python/saved/saved-scripts.ts';

export class ScriptLibrary {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws JobError invalid_request, storage */
  async save(input: SaveScriptInput): Promise<SaveReply> {
    const saved = await saveScript(this.#folder, {
      name: input.script_name,
      source: input.source,
      dependencies: input.dependencies ?? [],
      requiresPython: input.requires_python ?? null,
      overwrite: input.overwrite ?? false,
    });
    return { written: true, ...saved };
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

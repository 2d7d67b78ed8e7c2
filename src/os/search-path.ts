/** Programs on PATH. */
import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

type Env = Record<string, string | undefined>;

/** Absolute folders of PATH; relative ones would depend on where the server stands. */
export function pathFolders(env: Env): string[] {
  return (env['PATH'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
}

export function programOnPath(name: string, env: Env): string | null {
  const paths = pathFolders(env).map((folder) => executable(join(folder, name)));
  return paths.find((path) => path !== null) ?? null;
}

/** The path itself, when it can be executed. */
export function executable(path: string): string | null {
  try {
    accessSync(path, constants.X_OK);
    return path;
  } catch {
    return null;
  }
}

/** Loads the settings from where they are: the home folder's config.toml and the environment. */
import { readFileSync } from 'node:fs';
import { type Config, loadConfig } from './settings.ts';

export async function readConfig(
  env: Record<string, string | undefined>,
  flags: Record<string, unknown> = {},
): Promise<Config> {
  const { parse } = await import('smol-toml');
  return loadConfig({ env, flags, readFile: readFileIfThere, parseToml: parse });
}

function readFileIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

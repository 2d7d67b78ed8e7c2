/** Reads a .env file (comments, quotes, multi-line values, expansion). */
import { readFile, stat } from 'node:fs/promises';
import { invalid, shown } from '../core/job-error.ts';

/**
 * @param base variables that `${NAME}` in the file may refer to.
 * @throws JobError invalid_request when it is no file that can be read.
 */
export async function readEnvFile(
  path: string,
  base: Record<string, string>,
): Promise<Record<string, string>> {
  const text = await readText(path);
  // Loaded here: most runs name no file, and every start of the server would pay for it.
  const [{ parse }, { expand }] = await Promise.all([import('dotenv'), import('dotenv-expand')]);
  const known = { ...base };
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(parse(text))) {
    // One at a time and without its name: by name, the library would let `base` win over the file.
    const expanded = expand({ parsed: { '': value }, processEnv: { ...known } }).parsed?.[''];
    found[name] = known[name] = expanded ?? value;
  }
  return found;
}

/** A pipe is refused: a read from it might never end. */
async function readText(path: string): Promise<string> {
  try {
    if ((await stat(path)).isFile()) return await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw invalid('env_file', `${shown(path)} cannot be read (${code}).`, 'Check the path.');
  }
  throw invalid('env_file', `${shown(path)} is not a file.`, 'Check the path.');
}

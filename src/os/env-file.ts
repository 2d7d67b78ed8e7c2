/** Reads a .env file, whose syntax `env-file-syntax` knows. */
import { readFile, stat } from 'node:fs/promises';
import { invalid, shown } from '../core/job-error.ts';
import { parseEnv } from './env-file-syntax.ts';

/**
 * @param base variables that `${NAME}` in the file may refer to.
 * @throws JobError invalid_request when it is no text file that can be read.
 */
export async function readEnvFile(
  path: string,
  base: Record<string, string>,
): Promise<Record<string, string>> {
  return parseEnv(textOf(await readBytes(path), path), base);
}

/** A pipe is refused: a read from it might never end. */
async function readBytes(path: string): Promise<Buffer> {
  try {
    if ((await stat(path)).isFile()) return await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw invalid('env_file', `${shown(path)} cannot be read (${code}).`, 'Check the path.');
  }
  throw invalid('env_file', `${shown(path)} is not a file.`, 'Check the path.');
}

/** Without its byte order mark. What is no text would become wrong values without a word. */
function textOf(bytes: Buffer, path: string): string {
  if (bytes.includes(0)) {
    throw invalid('env_file', `${shown(path)} holds a NUL byte.`, 'Remove it.');
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalid('env_file', `${shown(path)} is not UTF-8.`, 'Save it as UTF-8.');
  }
}

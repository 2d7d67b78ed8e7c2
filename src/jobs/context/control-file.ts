/** Files that the Python runtime leaves for us beside the output: a job's word only, so all is checked. */
import { closeSync } from 'node:fs';
import { relative } from 'node:path';
import type * as z from 'zod';
import { readFully } from '../../os/read-fully.ts';
import { openInside, readInside } from '../../os/safe-open.ts';
import { inEarlierPlace, type JobFolder } from '../../output/files/job-folder.ts';
import { maskOf } from '../../output/secrets/job-mask.ts';

const LARGEST = 64 * 1024;

/** Null where there is none of that form. */
export function readControl<T>(
  folder: JobFolder,
  path: string,
  form: z.ZodType<T>,
  maxBytes: number = LARGEST,
): T | null {
  try {
    const text = readInside(folder.root, nameOf(folder, path), maxBytes);
    return text === null ? null : (form.safeParse(parseSaid(folder, text)).data ?? null);
  } catch {
    return null;
  }
}

/** JSON in the words of a job: as its output, without what is secret. @throws SyntaxError */
export function parseSaid(folder: JobFolder, text: string): unknown {
  const mask = maskOf(folder.root);
  if (!mask) return JSON.parse(text);
  return JSON.parse(text, (_, value) => (typeof value === 'string' ? mask.text(value) : value));
}

/** The beginning of a file, and how large it is. */
export function readBeginning(
  folder: JobFolder,
  path: string,
  maxBytes: number,
): { text: string; size: number } | null {
  const file = openInside(folder.root, nameOf(folder, path));
  if (file === null) return null;
  try {
    const { size } = file.stats;
    return { text: readFully(file.fd, 0, Math.min(size, maxBytes)).toString('utf8'), size };
  } finally {
    closeSync(file.fd);
  }
}

function nameOf(folder: JobFolder, path: string): string {
  return relative(folder.root, inEarlierPlace(path) ?? path);
}

/** What a script did with its pictures, for its callers: which it left open, and where it put others. */
import { relative } from 'node:path';
import * as z from 'zod';
import type { JobRequest } from '../../core/job.ts';
import type { JobFolder } from '../../output/files/job-folder.ts';
import { oneLine } from '../../output/terminal/one-line.ts';
import { readBeginning, readControl } from '../context/control-file.ts';

const Figures = z.object({ open_figures: z.int().min(1) });
const Picture = z.object({ path: z.string() });
const MOST_BYTES = 64 * 1024;
/** So many are named; the rest is counted. */
const MOST_NAMED = 5;
const LONGEST_NAME = 120;

export function notesOnPictures(request: JobRequest, folder: JobFolder): string[] {
  return [openFigures(folder), savedPictures(request, folder)].filter((note) => note !== null);
}

function openFigures(folder: JobFolder): string | null {
  const left = readControl(folder, folder.figures, Figures)?.open_figures;
  if (left === undefined) return null;
  const were = left === 1 ? '1 figure was' : `${left} figures were`;
  return `${were} drawn, but neither shown nor saved: call plt.show() or savefig() to get them.`;
}

/** Of a job in its own folder the files are listed anyway. */
function savedPictures({ directory }: JobRequest, folder: JobFolder): string | null {
  if (directory === folder.work) return null;
  const lines = readBeginning(folder, folder.pictures, MOST_BYTES)?.text.split('\n') ?? [];
  const paths = new Set(lines.flatMap(pathIn));
  if (paths.size === 0) return null;
  const names = [...paths].slice(0, MOST_NAMED).map((path) => shownPath(path, directory));
  const more = paths.size > MOST_NAMED ? ` and ${paths.size - MOST_NAMED} more` : '';
  return `Pictures saved: ${names.join(', ')}${more}.`;
}

/** None in a line that was cut, or that is not ours. */
function pathIn(line: string): string[] {
  try {
    return [Picture.parse(JSON.parse(line)).path];
  } catch {
    return [];
  }
}

/** From the directory of the run where it lies below it. */
function shownPath(path: string, directory: string): string {
  const below = relative(directory, path);
  const name = oneLine(below.startsWith('..') ? path : below);
  return name.length > LONGEST_NAME ? `…${name.slice(-LONGEST_NAME).toWellFormed()}` : name;
}

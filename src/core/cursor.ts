/**
 * A cursor: one opaque string that marks a position in both streams of a job. Byte offsets in
 * append-only files are the only addresses that survive restarts and serve any number of readers.
 */
import { invalid, shown } from './job-error.ts';

export interface Cursor {
  stdout: number;
  stderr: number;
}

export const START: Cursor = { stdout: 0, stderr: 0 };

const FORM = /^c(\d{1,15})-(\d{1,15})$/;

export function encodeCursor(cursor: Cursor): string {
  return `c${cursor.stdout}-${cursor.stderr}`;
}

/** @throws JobError invalid_request when the text is not a cursor of ours. */
export function decodeCursor(text: string): Cursor {
  const match = FORM.exec(text);
  if (!match) {
    throw invalid(
      'cursor',
      `${shown(text)} is not a cursor.`,
      'Pass one exactly as an earlier reply gave it, or leave it out to read from the start.',
    );
  }
  return { stdout: Number(match[1]), stderr: Number(match[2]) };
}

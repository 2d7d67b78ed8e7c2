/** The cells of a file: a notebook's, or those of Python code between `# %%` lines. */
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { invalid, shown } from '../../core/job-error.ts';

/** As editors know it. */
const BORDER = /^# ?%%.*$/m;
/** What only IPython understands. */
const NOT_PYTHON = /^\s*(?:%{1,2}[A-Za-z]|!)/;

const Source = z.union([z.string(), z.array(z.string())]);
const Notebook = z.object({
  cells: z.array(z.object({ cell_type: z.string(), source: Source })),
});

/** @throws JobError invalid_request */
export function cellsOfFile(path: string): string[] {
  const text = read(path);
  return path.endsWith('.ipynb') ? cellsOfNotebook(path, text) : cellsOfCode(text);
}

/** What stands between two borders. */
export function cellsOfCode(text: string): string[] {
  return text.split(BORDER).filter(isMore).map(trimmed);
}

function cellsOfNotebook(path: string, text: string): string[] {
  const { cells } = parsed(path, text);
  return cells
    .filter(({ cell_type: type }) => type === 'code')
    .map(({ source }) => (typeof source === 'string' ? source : source.join('')))
    .map(withoutMagics)
    .filter(isMore);
}

/** Line by line, so that the others keep their numbers. */
function withoutMagics(code: string): string {
  const lines = code.split('\n');
  return lines.map((line) => (NOT_PYTHON.test(line) ? `# ${line}` : line)).join('\n');
}

function isMore(code: string): boolean {
  return code.trim() !== '';
}

function trimmed(code: string): string {
  return code.replace(/^\n+/, '').trimEnd();
}

function parsed(path: string, text: string): z.infer<typeof Notebook> {
  try {
    return Notebook.parse(JSON.parse(text));
  } catch {
    throw invalid('FILE', `${shown(path)} is no notebook of format 4.`, 'Save it anew in Jupyter.');
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw invalid(
      'FILE',
      `${shown(path)} cannot be read: ${(error as Error).message}.`,
      'Check it.',
    );
  }
}

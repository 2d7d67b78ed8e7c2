/** Tells a script that failed because it is the code of a notebook. */
import type { EndedJob } from '../../core/job.ts';
import { called } from '../../core/wording.ts';

/** A magic or a shell line, shown by Python as what it cannot read. */
const NOT_PYTHON =
  /\n +(?:%{1,2}[a-z]|![\w./~])[^\n]*\n(?: *[\^~]+ *\n)?(?:SyntaxError|IndentationError): /;

/** One sentence with the remedy, its names marked; null when that is not what `stderr` tells. */
export function notebookCode({ state }: EndedJob, stderr: string): string | null {
  const failed = state.outcome.kind === 'exited' && state.outcome.code !== 0;
  if (!failed || !NOT_PYTHON.test(stderr)) return null;
  return `This is a notebook's code: leave out its % and ! lines, and name packages in ${called('dependencies')}.`;
}

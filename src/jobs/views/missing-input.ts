/** Tells a script that failed because it asked for input which nobody had given it. */
import type { EndedJob } from '../../core/job.ts';
import { called } from '../../core/wording.ts';

/** What `input()` raises at the end of its input, as the last line of a traceback. */
const ASKED_IN_VAIN = /(?:^|\n)EOFError: EOF when reading a line\n*$/;

/** One sentence with the remedy, its names marked; null when that is not what `stderr`, its end at least, tells. */
export function missingInput({ request, state }: EndedJob, stderr: string): string | null {
  const failed = state.outcome.kind === 'exited' && state.outcome.code !== 0;
  if (!failed || request.hasStdin || request.interactive || !ASKED_IN_VAIN.test(stderr))
    return null;
  return `The script asked for input and was given none: pass ${called('stdin')}, or ${called('interactive=true')} and answer with ${called('py_send_input')}.`;
}

/** Tells a script that failed because it called pip, which environments do not have. */
import type { EndedJob } from '../../core/job.ts';
import { called } from '../../core/wording.ts';

const NO_PIP = /No module named '?pip'?$/m;

/** One sentence with the remedy; null when that is not what `stderr` tells. */
export function missingPip({ state }: EndedJob, stderr: string): string | null {
  const failed = state.outcome.kind === 'exited' && state.outcome.code !== 0;
  if (!failed || !NO_PIP.test(stderr)) return null;
  return `Environments have no pip: name the packages in ${called('dependencies')} instead of installing them from the script.`;
}

/** From what an installer said to the sentence the caller gets. */
import { JobError } from '../../core/job-error.ts';
import type { EnvironmentConfig, EnvironmentContext } from '../context/context.ts';

const MAX_EXPLANATION = 2000;
const DISK_FULL = /No space left on device|ENOSPC|os error 28|Disk quota exceeded|EDQUOT/;
const NETWORK =
  /dns error|failed to lookup|Connection refused|Network is unreachable|Temporary failure in name|tcp connect error|timed out|Could not fetch URL|network connectivity is disabled|NewConnectionError/i;

/** `what` begins the sentence: "The packages could not be installed". */
export function buildFailure(
  what: string,
  output: string,
  { home, config }: Pick<EnvironmentContext, 'home' | 'config'>,
): JobError {
  if (DISK_FULL.test(output)) return diskFull(home);
  const advice = remedy(output, config);
  return new JobError('environment_failed', `${what}:\n${explanation(output)}\n${advice}`);
}

export function diskFull(home: string): JobError {
  return new JobError(
    'environment_failed',
    `The environment could not be built: the disk that holds ${home} is full. ` +
      'Free some space, for example with `python-mcp envs prune`, and run the script again.',
  );
}

export function isDiskFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException | null)?.code ?? '');
}

/** The installer's own words from its first error on, without its steps before. */
function explanation(output: string): string {
  const lines = output.trim().split('\n');
  const first = lines.findIndex((line) => /^\s*(×|error|ERROR|Error)/.test(line));
  const text = lines.slice(Math.max(first, 0)).join('\n').trim();
  if (text.length <= MAX_EXPLANATION) return text;
  const half = MAX_EXPLANATION / 2 - 10;
  return `${text.slice(0, half)}\n…\n${text.slice(-half)}`;
}

function remedy(output: string, { offline, noIndex }: EnvironmentConfig): string {
  if (offline || noIndex) {
    const setting = offline ? 'offline' : 'no_index';
    return `The setting \`${setting}\` keeps the package index out: put the packages named above into a folder of \`find_links\`, or run once without it.`;
  }
  return NETWORK.test(output)
    ? 'The package index could not be reached: check the network or the setting `index_url`.'
    : 'Correct the names or versions in `dependencies` and run the script again.';
}

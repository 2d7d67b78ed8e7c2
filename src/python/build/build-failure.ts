/** From what an installer said to the sentence the caller gets. */
import { JobError } from '../../core/job-error.ts';
import type { EnvironmentConfig, EnvironmentContext } from '../context/context.ts';
import { distributionMeant } from '../requirements/import-names.ts';
import { nameOf } from '../requirements/requirements.ts';
import { describeNames } from './wrong-names.ts';

const MAX_EXPLANATION = 2000;
const DISK_FULL = /No space left on device|ENOSPC|os error 28|Disk quota exceeded|EDQUOT/;

/** What keeps an index out of reach, the most telling first, and what helps. */
const CAUSES: [RegExp, string][] = [
  [
    /invalid peer certificate|UnknownIssuer|CERTIFICATE_VERIFY_FAILED|certificate verify failed/i,
    "The package index's certificate is not trusted here, as behind a company's proxy: name the company's certificates, SSL_CERT_FILE = \"/path/ca.pem\" under [build_environment] of config.toml.",
  ],
  [
    /proxy|tunnel error|\b407\b/i,
    'The proxy did not let the request through: check HTTPS_PROXY (its address and password) under [build_environment] of config.toml.',
  ],
  [
    /dns error|failed to lookup|Temporary failure in name|Name or service not known|nodename nor servname/i,
    "The package index's name could not be resolved: this machine is offline, or needs HTTPS_PROXY under [build_environment] or another `index_url` in config.toml.",
  ],
  [
    /\b(401 Unauthorized|403 Forbidden)\b|HTTP status client error \(40[13]/i,
    'The package index refused access: check name and password in the setting `index_url`.',
  ],
  [
    /Connection refused|Network is unreachable|tcp connect error|timed out|Could not fetch URL|network connectivity is disabled|NewConnectionError|error sending request/i,
    'The package index could not be reached: check the network, the setting `index_url`, and HTTPS_PROXY under [build_environment] of config.toml.',
  ],
];

/** `what` begins the sentence: "The packages could not be installed". */
export function buildFailure(
  what: string,
  output: string,
  { home, config }: Pick<EnvironmentContext, 'home' | 'config'>,
  hint = '',
): JobError {
  if (DISK_FULL.test(output)) return diskFull(home);
  const advice = remedy(output, config);
  return new JobError('environment_failed', `${what}:\n${explanation(output)}\n${hint || advice}`);
}

/** One sentence for all names that are wrong. */
export function namesNotFound(
  names: readonly string[],
  { config }: Pick<EnvironmentContext, 'config'>,
): JobError {
  const advice = remedy('', config).replace('named above ', '');
  return new JobError(
    'environment_failed',
    `dependencies: no such package: ${describeNames(names)}. ${advice}`,
  );
}

/** A package that only says "install the other one" fails in words of its own. */
export function importNamesAmong(requirements: readonly string[]): string {
  const names = requirements.map(nameOf).filter((name) => distributionMeant(name));
  return names.length > 0 ? `An import name is not always a package: ${describeNames(names)}.` : '';
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
  const cause = CAUSES.find(([words]) => words.test(output));
  return cause?.[1] ?? 'Correct the names or versions in `dependencies` and run the script again.';
}

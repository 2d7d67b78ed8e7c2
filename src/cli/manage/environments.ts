/** `python-mcp envs`: the environments that are kept for scripts with packages. */
import type { EnvironmentView } from '../../contract/replies/server.ts';
import { invalid, shown } from '../../core/job-error.ts';
import type {
  EnvironmentCache,
  EnvironmentLimits,
} from '../../jobs/environments/cached-environments.ts';
import { oneLine } from '../../output/terminal/one-line.ts';
import { formatBytes, formatTime, parseBytes } from '../terminal/duration.ts';
import { hoursOf } from '../jobs/prune.ts';
import { formatTable, truncate } from '../terminal/table.ts';
import { printJson, printLine, styled, type Terminal } from '../terminal/terminal.ts';

export interface PruneEnvironmentsOptions {
  olderThan?: string;
  maxSize?: string;
  all?: boolean;
  dryRun?: boolean;
  json?: boolean;
}

const SHORT_KEY = 12;
const CONTENT_CELLS = 50;

export async function listEnvironments(
  environments: EnvironmentCache,
  { json }: { json?: boolean },
  terminal: Terminal,
): Promise<void> {
  const list = await environments.list();
  if (json) return printJson(terminal, list);
  const { stdout, stderr } = terminal;
  if (list.length === 0) return printLine(stderr, 'There are no cached environments yet.');
  const names = ['KEY', 'PYTHON', 'SIZE', 'LAST USED', 'CONTENT'];
  const header = names.map((name) => styled(stdout, 'bold', name));
  await printLine(stdout, formatTable([header, ...list.map((one) => rowOf(one, stdout))]));
}

/** Short for people, whole for programs. */
function rowOf(environment: EnvironmentView, stdout: NodeJS.WriteStream): string[] {
  const { key, python_version: python, last_used_at: usedAt, in_use: inUse } = environment;
  const content = oneLine(environment.description ?? '(no complete one)');
  const short = stdout.isTTY;
  return [
    short ? key.slice(0, SHORT_KEY) : key,
    python ?? '-',
    formatBytes(environment.size_bytes),
    inUse ? 'now' : short ? formatTime(usedAt) : usedAt,
    short ? truncate(content, CONTENT_CELLS) : content,
  ];
}

export async function pruneEnvironments(
  environments: EnvironmentCache,
  options: PruneEnvironmentsOptions,
  terminal: Terminal,
): Promise<void> {
  const { dryRun = false, json } = options;
  const limits = limitsOf(options) ?? environments.limits;
  const reply = await environments.prune(limits, dryRun);
  if (json) return printJson(terminal, reply);
  const count = reply.removed.length;
  const what = `${count} ${count === 1 ? 'environment' : 'environments'}`;
  const freed = formatBytes(reply.freed_bytes);
  await printLine(
    terminal.stdout,
    `${dryRun ? 'Would remove' : 'Removed'} ${what} (${freed}); ${keptOf(reply.remaining)}`,
  );
}

/** Nobody need wonder why there are some after --all. */
function keptOf(count: number): string {
  if (count === 0) return 'none remain.';
  return `${count} remain: within the limits, in use, or used in the last 10 minutes.`;
}

/** Null when none was named. */
function limitsOf({ all, olderThan, maxSize }: PruneEnvironmentsOptions): EnvironmentLimits | null {
  if (all) return { maxAgeDays: 0 };
  if (olderThan === undefined && maxSize === undefined) return null;
  return {
    maxAgeDays: olderThan === undefined ? undefined : hoursOf(olderThan) / 24,
    maxBytes: maxSize === undefined ? undefined : bytesOf(maxSize),
  };
}

function bytesOf(text: string): number {
  const bytes = parseBytes(text);
  if (bytes !== null) return bytes;
  throw invalid('--max-size', `${shown(text)} is not a size.`, 'Write it as 500M or 5G.');
}

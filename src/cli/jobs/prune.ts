/** `python-mcp prune`: removes ended jobs with their files. */
import { PruneJobsSchema } from '../../contract/inputs.ts';
import { invalid, shown } from '../../core/job-error.ts';
import type { JobService } from '../../jobs/job-service.ts';
import { checked } from '../terminal/typed-input.ts';
import { formatBytes, parseHours } from '../terminal/duration.ts';
import { printJson, printLine, type Terminal } from '../terminal/terminal.ts';

export interface PruneOptions {
  completed?: boolean;
  failed?: boolean;
  cancelled?: boolean;
  all?: boolean;
  olderThan: string;
  dryRun?: boolean;
  json?: boolean;
}

export async function pruneEndedJobs(
  jobs: JobService,
  options: PruneOptions,
  terminal: Terminal,
): Promise<void> {
  refuseNothing(options);
  const { all = false } = options;
  const typed = {
    keep_completed: !(all || options.completed),
    keep_failed: !(all || options.failed),
    keep_cancelled: !(all || options.cancelled),
    max_age_hours: hoursOf(options.olderThan),
    dry_run: options.dryRun ?? false,
  };
  const reply = await jobs.control.prune(await checked(PruneJobsSchema, typed, terminal));
  if (options.json) return printJson(terminal, reply);
  const verb = options.dryRun ? 'Would remove' : 'Removed';
  const freed = formatBytes(reply.freed_bytes);
  const what = `${verb} ${reply.removed} ${reply.removed === 1 ? 'job' : 'jobs'} (${freed})`;
  await printLine(
    terminal.stdout,
    `${what} that ended more than ${options.olderThan} ago; ${reply.remaining} remain.`,
  );
}

function refuseNothing({ completed, failed, cancelled, all }: PruneOptions): void {
  if (completed || failed || cancelled || all) return;
  throw invalid(
    'prune',
    'nothing is named that may go.',
    'Add --completed, --failed, --cancelled or --all.',
  );
}

/** @throws JobError invalid_request */
export function hoursOf(text: string): number {
  const hours = parseHours(text);
  if (hours !== null) return hours;
  throw invalid('--older-than', `${shown(text)} is not an age.`, 'Write it as 90m, 24h or 7d.');
}

/** `python-mcp jobs --watch`: the list as it changes, on a screen, until it is left. */
import type { ListForPeopleInput } from '../../contract/inputs.ts';
import type { JobListing } from '../../contract/replies/lists.ts';
import { invalid } from '../../core/job-error.ts';
import type { JobService } from '../../jobs/job-service.ts';
import { catchInterrupts } from '../terminal/interrupt.ts';
import { type Terminal, write } from '../terminal/terminal.ts';
import { jobTable } from './job-table.ts';

/** Progress and times go on without a change of the list. */
const REDRAW_MS = 1_000;
const QUIET_MS = 200;
/** The header, the line of counts and the one the cursor stands in. */
const OTHER_LINES = 3;
const FROM_THE_TOP = '\x1b[H';
const CLEAR = '\x1b[2J';
const ERASE_TO_LINE_END = '\x1b[K';
const ERASE_BELOW = '\x1b[J';

/** @returns the code of the signal that ended it. */
export async function watchJobs(
  jobs: JobService,
  input: ListForPeopleInput,
  { stdout }: Terminal,
): Promise<number> {
  if (!stdout.isTTY) throw invalid('--watch', 'it needs a terminal.', 'Leave it out.');
  const interrupts = catchInterrupts();
  const changes = jobs.inspect.watchList();
  try {
    await write(stdout, CLEAR);
    while (!interrupts.first.aborted) {
      const list = jobs.inspect.list({ ...input, limit: roomFor(input, stdout) });
      await write(stdout, screen(list, stdout));
      await changes.next(QUIET_MS, REDRAW_MS, interrupts.first);
    }
    return interrupts.exitCode() ?? 0;
  } finally {
    changes.close();
    interrupts.release();
  }
}

function roomFor({ limit }: ListForPeopleInput, stdout: NodeJS.WriteStream): number {
  const lines = Math.max(1, (stdout.rows || 24) - OTHER_LINES);
  return Math.min(lines, limit ?? lines);
}

/** Drawn over the one before, line by line, so that nothing flickers. */
function screen(list: JobListing, stdout: NodeJS.WriteStream): string {
  const lines = [countsOf(list), ...jobTable(list.jobs, stdout).split('\n')];
  return FROM_THE_TOP + lines.map((line) => `${line}${ERASE_TO_LINE_END}\n`).join('') + ERASE_BELOW;
}

function countsOf({ counts }: JobListing): string {
  const parts = Object.entries(counts).filter(([, count]) => count > 0);
  return parts.map(([status, count]) => `${count} ${status}`).join(' · ') || 'no jobs';
}

/** What a shell is told about a run: the script's own code where it has one. */
import type { Outcome } from '../../core/job.ts';

/** As `timeout` and a shell report them. */
export const TIMED_OUT = 124;
export const CANCELLED = 130;

export function exitCodeOf(outcome: Outcome): number {
  switch (outcome.kind) {
    case 'exited':
      return outcome.code;
    case 'signalled':
      return 128 + outcome.signal;
    case 'timed_out':
      return TIMED_OUT;
    case 'cancelled':
      return CANCELLED;
    case 'output_limit':
    case 'disk_full':
    case 'never_started':
    case 'lost':
      return 1;
  }
}

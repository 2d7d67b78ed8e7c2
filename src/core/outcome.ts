/** From the evidence of an ended run to its outcome, and from an outcome to one sentence. */
import { constants } from 'node:os';
import type { Ending, JobRequest, Outcome } from './job.ts';
import { called, worded } from './wording.ts';

export interface ExitEvidence {
  /** As a POSIX shell reports it: 128 + n after signal n. */
  code: number;
  /** The interpreter reached its own exit hook, so a code above 128 is a code, not a signal. */
  exitedInOrder: boolean;
}

/** The first cause wins: our own decision, then what the exit record says. */
export function outcomeOf(request: JobRequest, ending: Ending | null, exit: ExitEvidence): Outcome {
  return outcomeWithoutExit(request, ending, outcomeOfExit(exit));
}

/** As above when there is no exit record: `otherwise` holds unless we had decided before. */
export function outcomeWithoutExit(
  request: JobRequest,
  ending: Ending | null,
  otherwise: Outcome,
): Outcome {
  switch (ending) {
    case 'cancelled':
      return { kind: 'cancelled' };
    case 'timed_out':
      return { kind: 'timed_out', limit_seconds: request.timeoutSeconds };
    case 'output_limit':
      return { kind: 'output_limit', limit_bytes: request.maxOutputBytes };
    case 'disk_full':
      return { kind: 'disk_full' };
    case 'abandoned':
    case null:
      return otherwise;
  }
}

function outcomeOfExit({ code, exitedInOrder }: ExitEvidence): Outcome {
  const signal = code - 128;
  const signalled = !exitedInOrder && signalName(signal) !== null;
  return signalled ? { kind: 'signalled', signal } : { kind: 'exited', code };
}

export function signalName(signal: number): string | null {
  const entry = Object.entries(constants.signals).find(([, number]) => number === signal);
  return entry?.[0] ?? null;
}

/** What lists and replies say of a job that has ended. */
export function errorOfEnd(end: { error?: string | null; outcome: Outcome }): string | null {
  const sentence = end.error ?? describeOutcome(end.outcome);
  return sentence && worded(sentence);
}

/** One sentence, to be worded for its readers; null when all went well. */
export function describeOutcome(outcome: Outcome): string | null {
  switch (outcome.kind) {
    case 'exited':
      return outcome.code === 0 ? null : `The script exited with code ${outcome.code}.`;
    case 'signalled':
      return `The script was ended by signal ${outcome.signal} (${signalName(outcome.signal)}).`;
    case 'timed_out':
      return `The script was ended after its time limit of ${outcome.limit_seconds} s (${called('timeout_seconds')}).`;
    case 'cancelled':
      return 'The job was cancelled.';
    case 'output_limit':
      return `The script was ended because a stream passed ${outcome.limit_bytes} bytes (${called('max_output_bytes')}).`;
    case 'disk_full':
      return 'The script was ended because the disk of the home folder was nearly full (min_free_disk_bytes) and its output grew.';
    case 'never_started':
      return `The script never started: ${outcome.reason}`;
    case 'lost':
      return `The run was lost: ${outcome.reason}`;
  }
}

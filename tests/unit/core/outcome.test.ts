import { describe, expect, test } from 'vitest';
import { type Ending, finalStatusOf, type JobRequest } from '../../../src/core/job.ts';
import { describeOutcome, outcomeOf } from '../../../src/core/outcome.ts';

const request = { timeoutSeconds: 5, maxOutputBytes: 4096 } as JobRequest;

function outcome(code: number, ending: Ending | null = null, exitedInOrder = false) {
  return outcomeOf(request, ending, { code, exitedInOrder });
}

describe('the outcome of a run', () => {
  test('is its exit code', () => {
    expect([0, 1, 126, 255].map((code) => outcome(code))).toEqual(
      [0, 1, 126, 255].map((code) => ({ kind: 'exited', code })),
    );
  });

  test('is the signal behind a code above 128', () => {
    expect(outcome(137)).toEqual({ kind: 'signalled', signal: 9 });
    expect(outcome(139)).toEqual({ kind: 'signalled', signal: 11 });
  });

  test('is a code above 128 when Python came to its end in order', () => {
    expect(outcome(137, null, true)).toEqual({ kind: 'exited', code: 137 });
  });

  test('is our own decision, whatever the code says', () => {
    for (const code of [0, 1, 143]) {
      expect(outcome(code, 'cancelled')).toEqual({ kind: 'cancelled' });
      expect(outcome(code, 'timed_out')).toEqual({ kind: 'timed_out', limit_seconds: 5 });
      expect(outcome(code, 'output_limit')).toEqual({ kind: 'output_limit', limit_bytes: 4096 });
    }
  });
});

test('only a zero exit completes, and only a cancel is cancelled', () => {
  expect(finalStatusOf({ kind: 'exited', code: 0 })).toBe('completed');
  expect(finalStatusOf({ kind: 'exited', code: 1 })).toBe('failed');
  expect(finalStatusOf({ kind: 'signalled', signal: 9 })).toBe('failed');
  expect(finalStatusOf({ kind: 'timed_out', limit_seconds: 1 })).toBe('failed');
  expect(finalStatusOf({ kind: 'lost', reason: 'x' })).toBe('failed');
  expect(finalStatusOf({ kind: 'cancelled' })).toBe('cancelled');
});

test('every outcome but success has one sentence', () => {
  expect(describeOutcome({ kind: 'exited', code: 0 })).toBeNull();
  expect(describeOutcome({ kind: 'exited', code: 3 })).toBe('The script exited with code 3.');
  expect(describeOutcome({ kind: 'signalled', signal: 9 })).toBe(
    'The script was ended by signal 9 (SIGKILL).',
  );
});

import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../../../src/cli/run/exit-code.ts';
import { cleanLive } from '../../../../src/cli/jobs/output.ts';
import { describeProgress } from '../../../../src/cli/run/progress-line.ts';
import { oneLine } from '../../../../src/output/terminal/one-line.ts';
import type { JobView } from '../../../../src/contract/replies/one-job.ts';

it.each([
  [{ kind: 'exited', code: 3 }, 3],
  [{ kind: 'signalled', signal: 15 }, 143],
  [{ kind: 'timed_out', limit_seconds: 1 }, 124],
  [{ kind: 'cancelled' }, 130],
  [{ kind: 'output_limit', limit_bytes: 1 }, 1],
  [{ kind: 'never_started', reason: '' }, 1],
  [{ kind: 'lost', reason: '' }, 1],
] as const)('%o exits with %d', (outcome, code) => {
  expect(exitCodeOf(outcome)).toBe(code);
});

it('redraws are kept, everything else that controls a terminal is not', () => {
  expect(cleanLive('a\r\nb')).toBe('a\nb');
  expect(cleanLive('10%\r20%\r\r30%\n')).toBe('10%\r\x1b[K20%\r\x1b[K30%\n');
  expect(cleanLive('\x1b[2J\x1b]0;t\x07x\x1b[31my')).toBe('xy');
});

it('a name takes one line', () => {
  expect(oneLine(' a\n\tb\x1b[2J\x07 ')).toBe('a b');
});

describe('describeProgress', () => {
  const created = Date.parse('2026-01-01T00:00:00Z');
  const view = {
    phase: 'running',
    created_at: '2026-01-01T00:00:00Z',
    elapsed_seconds: 12,
    progress: null,
  } as JobView;

  it('says what a job waits for', () => {
    const queued = { ...view, phase: 'queued' as const };
    expect(describeProgress(queued, created + 3000)).toBe('waiting 3.0 s for a free place');
    const locked = { ...queued, waits_for: 'gpu0, held by ab3k9' };
    expect(describeProgress(locked, created + 3000)).toBe('waiting 3.0 s for gpu0, held by ab3k9');
    const preparing = { ...view, phase: 'preparing' as const };
    expect(describeProgress(preparing, created + 3000)).toBe('preparing the environment 3.0 s');
  });

  it('shows no more than is known', () => {
    expect(describeProgress(view)).toBe('running 12 s');
    const none = { current: null, total: null, percent: null, rate: null, eta_seconds: null };
    const progress = { ...none, percent: 45, eta_seconds: 3, message: 'fetch' };
    const known = { ...view, progress } as JobView;
    expect(describeProgress(known)).toBe(
      `running 12 s · ${'█'.repeat(9)}${'░'.repeat(11)} 45% · 3.0 s left · fetch`,
    );
  });

  it('says a count once', () => {
    const progress = {
      current: 5,
      total: 20,
      percent: null,
      eta_seconds: null,
      message: 'step 5/20',
    };
    expect(describeProgress({ ...view, progress } as JobView)).toBe('running 12 s · step 5/20');
  });
});

/** Ctrl-C and the like while a command waits for a job. */
import { constants } from 'node:os';

export interface Interrupts {
  /** Raised by the first signal. */
  first: AbortSignal;
  /** Raised by the second: the user will not wait. */
  second: AbortSignal;
  /** What a shell reports for the signal that came, or null. */
  exitCode(): number | null;
  /** Gives the signals their usual effect again. */
  release(): void;
}

/** Ctrl-\: whoever waits goes, and what is waited for stays. */
export function catchLeave(): { signal: AbortSignal; release(): void } {
  const left = new AbortController();
  const leave = (): void => left.abort();
  process.on('SIGQUIT', leave);
  return { signal: left.signal, release: () => void process.off('SIGQUIT', leave) };
}

/** A key press may arrive twice, once of its own and once passed on by a parent process. */
const SAME_PRESS_MS = 300;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A third signal has its usual effect, whatever hangs. */
export function catchInterrupts(): Interrupts {
  const first = new AbortController();
  const second = new AbortController();
  let code: number | null = null;
  let pressedAt = -Infinity;
  const onSignal = (signal: (typeof SIGNALS)[number]): void => {
    if (performance.now() - pressedAt <= SAME_PRESS_MS) return;
    pressedAt = performance.now();
    if (second.signal.aborted) {
      release();
      process.kill(process.pid, signal);
    } else if (first.signal.aborted) {
      second.abort();
    } else {
      code = 128 + constants.signals[signal];
      first.abort();
    }
  };
  const release = (): void => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return { first: first.signal, second: second.signal, exitCode: () => code, release };
}

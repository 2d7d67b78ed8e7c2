/**
 * Work that comes back by itself. Whatever it throws is logged and ends nothing, there is never a
 * second chain of it, and nothing begins after `stop`.
 */
import type { Log } from './log.ts';

/** Where it is told. */
export type Faults = Pick<Log, 'error'>;

/** For work that is no loss: the next time does it. */
export const UNTOLD: Faults = { error: () => {} };

export interface Recurring {
  /** Begins in `ms` at the latest; work under way is let end first. */
  within(ms: number): void;
  /** Work under way goes on to its end; nothing follows it. */
  stop(): void;
}

interface Options {
  /** Keeps the process alive, as a command needs that waits for the next time. */
  keepsAlive?: boolean;
}

/**
 * Runs `work`, and logs what it throws. For what nobody waits for: the end of an event, of a timer.
 * @param what names the work in the log: "tick" becomes "tick failed".
 */
export function attempt(what: string, work: () => unknown, log: Faults): void {
  const report = (error: unknown): void => log.error(`${what} failed`, { error: String(error) });
  try {
    const result = work();
    if (result instanceof Promise) result.catch(report);
  } catch (error) {
    report(error);
  }
}

/** @param work may return a promise, which is awaited before the next time. */
export function later(
  what: string,
  work: () => unknown,
  log: Faults,
  { keepsAlive = false }: Options = {},
): Recurring {
  let timer: NodeJS.Timeout | null = null;
  let dueAt = Infinity;
  let isBusy = false;
  let isStopped = false;

  const begin = async (): Promise<void> => {
    dueAt = Infinity;
    isBusy = true;
    try {
      await work();
    } catch (error) {
      if (!isStopped) log.error(`${what} failed`, { error: String(error) });
    }
    isBusy = false;
    arm();
  };
  const arm = (): void => {
    if (timer) clearTimeout(timer);
    timer = null;
    if (isStopped || isBusy || dueAt === Infinity) return;
    timer = setTimeout(() => void begin(), Math.ceil(Math.max(0, dueAt - performance.now())));
    if (!keepsAlive) timer.unref();
  };
  return {
    within(ms) {
      const at = performance.now() + ms;
      if (at >= dueAt) return;
      dueAt = at;
      arm();
    },
    stop() {
      isStopped = true;
      arm();
    },
  };
}

/** As above, the first time after `ms`, and again `ms` after each end. */
export function every(
  ms: number,
  what: string,
  work: () => unknown,
  log: Faults,
  options?: Options,
): Recurring {
  const again = async (): Promise<void> => {
    try {
      await work();
    } finally {
      recurring.within(ms);
    }
  };
  const recurring = later(what, again, log, options);
  recurring.within(ms);
  return recurring;
}

/** Waiting for a condition instead of sleeping: as long as needed, with a hard limit. */
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 5;

/** Resolves with the first value of `condition` that is not null, undefined or false. */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  limitMs: number,
  what: string = condition.toString(),
): Promise<Exclude<T, null | undefined | false>> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const value = await condition();
    if (value !== null && value !== undefined && value !== false) {
      return value as Exclude<T, null | undefined | false>;
    }
    if (performance.now() > deadline) throw new Error(`waited ${limitMs} ms in vain for ${what}`);
    await sleep(LOOK_EVERY_MS);
  }
}

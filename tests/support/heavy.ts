/** How much of what could be tried is tried: `npm run test:heavy` does all of it. */

/** true: every size and every combination; false: those that stand for the others. */
export const HEAVY = process.env['PYTHON_MCP_HEAVY'] === '1';

/** Those that are kept; all of them when heavy. */
export function sample<T>(items: readonly T[], keep: (item: T, index: number) => boolean): T[] {
  return HEAVY ? [...items] : items.filter(keep);
}

/** Every `of`-th, each `turn` others, so that after `of` turns all have been there; all when heavy. */
export function inTurn<T>(items: readonly T[], turn: number, of: number): T[] {
  return sample(items, (_, index) => index % of === turn % of);
}

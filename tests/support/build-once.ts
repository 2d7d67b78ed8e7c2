import { buildDist } from '../../scripts/build.ts';

/** vitest global setup: end-to-end tests drive the bundle that is published. */
export default async function buildOnce(): Promise<void> {
  await buildDist();
}

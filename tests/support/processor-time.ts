/** How long work takes of the processor, in terms of other work: what else a machine does counts for neither. */

const ROUNDS = 5;

/**
 * How many times as long as `yardstick` the `work` takes: the best run of each counts, as the first
 * warms up. Taken in turns, and no more once the ratio is at most `enough`.
 */
export function processorRatio(work: () => void, yardstick: () => void, enough: number): number {
  let [ours, theirs] = [Infinity, Infinity];
  for (let round = 0; round < ROUNDS && !(ours / theirs <= enough); round += 1) {
    theirs = Math.min(theirs, processorMs(yardstick));
    ours = Math.min(ours, processorMs(work));
  }
  return ours / theirs;
}

function processorMs(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

/** How long work takes of the processor: other programs of a busy machine do not count. */

/** In milliseconds, the best of three runs, as the first warms up; no more once `limitMs` is kept. */
export function bestProcessorMs(work: () => void, limitMs: number): number {
  let best = Infinity;
  for (let run = 0; run < 3 && best >= limitMs; run += 1) best = Math.min(best, processorMs(work));
  return best;
}

function processorMs(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

/** A log as long scripts write them: steps with numbers that wander, bars, warnings, tracebacks. */
import { closeSync, openSync, writeSync } from 'node:fs';

const PIECE_LINES = 20_000;

/** The same bytes every time; at least `size` of them. Returns how many. */
export function writeTextLog(path: string, size: number): number {
  const fd = openSync(path, 'w', 0o600);
  let written = 0;
  for (let step = 0; written < size; step += PIECE_LINES) {
    const lines = Array.from({ length: PIECE_LINES }, (_, line) => lineOf(step + line));
    written += writeSync(fd, lines.join(''));
  }
  closeSync(fd);
  return written;
}

function lineOf(step: number): string {
  const time = new Date(1_790_000_000_000 + step * 137 + noise(step, 90));
  const stamp = time.toISOString().replace('T', ' ').slice(0, 19);
  if (step % 1009 === 0) return TRACEBACK.replaceAll('STEP', String(step));
  if (step % 97 === 0)
    return `${stamp} WARNING data: sample ${noise(step, 50_000)} has no label, skipped\n`;
  if (step % 10 === 3) return barOf(step);
  const loss = (2 / (1 + step / 1e5) + noise(step, 1000) / 1e4).toFixed(4);
  const epoch = Math.floor(step / 50_000);
  return `${stamp} INFO train: epoch ${epoch} step ${step % 50_000}/50000 loss ${loss} lr 3.0e-04 device cuda:0\n`;
}

function barOf(step: number): string {
  const percent = step % 100;
  const bar = '█'.repeat(percent / 5).padEnd(20);
  return `\r${percent}%|${bar}| ${percent * 10}/1000 [00:${10 + (percent % 50)}<00:12, ${40 + noise(step, 9)}.1it/s]`;
}

/** A number below `range` that looks random and is always the same. */
function noise(step: number, range: number): number {
  return (Math.imul(step + 1, 2_654_435_761) >>> 7) % range;
}

const TRACEBACK = `Traceback (most recent call last):
  File "/srv/train/loader.py", line 88, in fetch
    return self.session.get(url, timeout=30)
  File "/srv/train/session.py", line 41, in get
    raise TimeoutError(f"no answer to request STEP")
TimeoutError: no answer to request STEP
`;

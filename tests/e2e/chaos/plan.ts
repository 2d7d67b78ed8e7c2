/** What happens in a run of chaos, drawn from its seed alone: the same seed gives the same plan. */

export type Operation =
  | { kind: 'run'; name: string; script: Script }
  | { kind: 'poll' | 'read' | 'cancel' | 'input'; pick: number }
  | { kind: 'cell'; word: string }
  | { kind: 'list' | 'prune' | 'kill' };

/** A script that prints so many lines, pauses now and then, and ends with a code. */
export interface Script {
  lines: number;
  /** Seconds, after every tenth line. */
  pause: number;
  code: number;
  /** Waits for a line of input before it ends. */
  asks: boolean;
}

/** How often each kind comes, of a hundred. */
const SHARES: readonly [Operation['kind'], number][] = [
  ['run', 30],
  ['poll', 20],
  ['read', 20],
  ['cell', 10],
  ['cancel', 6],
  ['input', 5],
  ['list', 5],
  ['kill', 3],
  ['prune', 1],
];

export function planOf(seed: number, operations: number): Operation[] {
  const random = randomFrom(seed);
  return Array.from({ length: operations }, (_, place) => operationOf(random, place));
}

function operationOf(random: () => number, place: number): Operation {
  const kind = kindOf(random() * 100);
  const [a, b, c, d] = [random(), random(), random(), random()];
  if (kind === 'run') {
    const lines = Math.floor(a < 0.1 ? b * 20_000 : b * 200);
    const script = { lines, pause: c * 0.02, code: c < 0.2 ? 3 : 0, asks: d < 0.2 };
    return { kind, name: `job-${place}`, script };
  }
  if (kind === 'cell') return { kind, word: `word-${place}` };
  if (kind === 'list' || kind === 'prune' || kind === 'kill') return { kind };
  return { kind, pick: a };
}

function kindOf(drawn: number): Operation['kind'] {
  let left = drawn;
  return SHARES.find(([, share]) => (left -= share) < 0)?.[0] ?? 'run';
}

/** Numbers from 0 to 1, as mulberry32 gives them. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function codeOf(name: string, { lines, pause, code, asks }: Script): string {
  return `
import os, sys, time
def mark(kind):
    os.write(os.open(f"{kind}-${name}", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), b"x")
mark("began")
for n in range(${lines}):
    print("${name}", n)
    if n % 10 == 9:
        print("${name}", n, file=sys.stderr)
        time.sleep(${pause})
${asks ? 'print("got", input())' : ''}
sys.stdout.flush()
mark("done")
sys.exit(${code})
`;
}

/** All that such a script prints. */
export function outputOf(name: string, { lines, asks }: Script) {
  const numbers = Array.from({ length: lines }, (_, n) => n);
  const line = (n: number): string => `${name} ${n}\n`;
  return {
    stdout: numbers.map(line).join('') + (asks ? 'got it\n' : ''),
    stderr: numbers
      .filter((n) => n % 10 === 9)
      .map(line)
      .join(''),
  };
}

/**
 * Jobs of another PID namespace cannot be seen, but they hold their output open, and the kernel tells
 * every namespace whether somebody does: a lease for reading is granted only where nobody writes.
 */
import { execFile } from 'node:child_process';
import { Newest } from '../../core/newest.ts';

const MOST_REMEMBERED = 1_000;
const ASK_AGAIN_MS = 30_000;
const ASK_WITHIN_MS = 10_000;
/** Node has no leases; any Python has. Exit codes of our own, so that no failure is an answer. */
const ASK = `
import errno, fcntl, os, sys
file = os.open(sys.argv[1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
try:
    fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
except OSError as error:
    sys.exit(41 if error.errno == errno.EAGAIN else 40)
sys.exit(42)
`;
const NOBODY_HOLDS_IT = 42;

interface Answer {
  askedAt: number;
  isHeld: boolean;
}

export class HeldOpen {
  readonly #answers = new Newest<string, Answer>(MOST_REMEMBERED);
  #asking: Promise<void> = Promise.resolve();

  /** True until the opposite is proven: asks beside, now and then, and answers what was heard last. */
  isHeld(path: string): boolean {
    const last = this.#answers.get(path) ?? { askedAt: -Infinity, isHeld: true };
    if (last.isHeld && performance.now() - last.askedAt >= ASK_AGAIN_MS) {
      this.#answers.set(path, { askedAt: performance.now(), isHeld: true });
      this.#asking = this.#asking.then(() => this.#ask(path)); // one process at a time
    }
    return last.isHeld;
  }

  async #ask(path: string): Promise<void> {
    if (await hasWriter(path)) return;
    this.#answers.set(path, { askedAt: performance.now(), isHeld: false });
  }
}

/** True also where that cannot be told. */
function hasWriter(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const options = { timeout: ASK_WITHIN_MS };
    const asked = execFile('python3', ['-I', '-S', '-c', ASK, path], options, (error) =>
      resolve(error?.code !== NOBODY_HOLDS_IT),
    );
    asked.unref();
  });
}

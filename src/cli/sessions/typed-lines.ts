/** Lines as they are typed, one by one; what is typed ahead waits. */
import type { Interface } from 'node:readline';

/** Null: the input has ended. */
export type Typed = { text: string } | 'interrupted' | null;

export class TypedLines {
  readonly #readline: Interface;
  readonly #waiting: Typed[] = [];
  #take: ((line: Typed) => void) | null = null;
  #isOver = false;

  constructor(readline: Interface) {
    this.#readline = readline;
    readline.on('line', (text) => this.#give({ text }));
    readline.on('close', () => {
      this.#isOver = true;
      this.#give(null);
    });
  }

  /** The prompt is shown now, or was when the line was typed. */
  next(prompt: string): Promise<Typed> {
    const line = this.#waiting.shift();
    if (line !== undefined) return Promise.resolve(line);
    if (this.#isOver) return Promise.resolve(null);
    this.#readline.setPrompt(prompt);
    this.#readline.prompt();
    return new Promise((resolve) => (this.#take = resolve));
  }

  /** What was typed so far is given up. */
  interrupt(): void {
    this.#waiting.length = 0;
    if (!this.#take) return;
    this.#readline.write(null, { ctrl: true, name: 'e' });
    this.#readline.write(null, { ctrl: true, name: 'u' });
    process.stdout.write('\n');
    this.#give('interrupted');
  }

  #give(line: Typed): void {
    const take = this.#take;
    this.#take = null;
    if (take) take(line);
    else this.#waiting.push(line);
  }
}

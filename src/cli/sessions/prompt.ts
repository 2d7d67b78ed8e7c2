/** The prompt of a session: lines are typed, become cells, and Ctrl-C stops the one that runs. */
import { createInterface, type Interface } from 'node:readline';
import type { SessionRunInput } from '../../contract/inputs.ts';
import { JobError } from '../../core/job-error.ts';
import type { JobService } from '../../jobs/job-service.ts';
import { complain, reportFailure } from '../terminal/failure.ts';
import { printLine, styled, type Terminal } from '../terminal/terminal.ts';
import { isWhole } from './complete-code.ts';
import { completeName } from './complete-name.ts';
import { followCell, showEnd } from './follow-cell.ts';
import { readHistory, writeHistory } from './history.ts';
import { ORIGIN } from './origin.ts';
import { TypedLines } from './typed-lines.ts';

/** Until Ctrl-D, which leaves the session running. @returns the exit code. */
export async function talk(
  jobs: JobService,
  input: SessionRunInput,
  home: string,
  terminal: Terminal,
): Promise<number> {
  const prompt = new Prompt(jobs, input, home, terminal);
  try {
    await prompt.greet();
    await prompt.serve();
  } finally {
    prompt.close();
  }
  await prompt.sayGoodbye();
  return 0;
}

class Prompt {
  readonly #jobs: JobService;
  readonly #name: string;
  readonly #home: string;
  readonly #terminal: Terminal;
  readonly #readline: Interface;
  readonly #lines: TypedLines;
  /** What the first cell begins the session with. */
  #more: SessionRunInput;
  #id: string | null;
  /** The one that runs. */
  #cell: number | null = null;

  constructor(jobs: JobService, input: SessionRunInput, home: string, terminal: Terminal) {
    this.#jobs = jobs;
    this.#name = input.session;
    this.#more = input;
    this.#home = home;
    this.#terminal = terminal;
    this.#id = jobs.sessions.idOf(input.session);
    const { stdin, stdout } = terminal;
    const completer = (line: string) => completeName(line, this.#names());
    const history = readHistory(home);
    this.#readline = createInterface({ input: stdin, output: stdout, completer, history });
    this.#lines = new TypedLines(this.#readline);
    this.#readline.on('SIGINT', () => this.#interrupt());
  }

  async greet(): Promise<void> {
    const alive = this.#jobs.sessions.list().find(({ name }) => name === this.#name);
    const what = alive ? `${alive.state}, ${alive.cell} cells` : 'new';
    await printLine(
      this.#terminal.stdout,
      `Session ${this.#name} (${what}). Ctrl-C stops a cell, Ctrl-D leaves the session running.`,
    );
  }

  async serve(): Promise<void> {
    for (;;) {
      const code = await this.#typedCell();
      if (code === null) return;
      if (code.trim() === '') continue;
      try {
        await this.#run(code);
      } catch (error) {
        if (!(error instanceof JobError)) throw error;
        await reportFailure(error, this.#terminal);
      }
    }
  }

  close(): void {
    writeHistory(this.#home, (this.#readline as Interface & { history: string[] }).history);
    this.#readline.close();
  }

  async sayGoodbye(): Promise<void> {
    const isAlive = this.#jobs.sessions.list().some(({ name }) => name === this.#name);
    if (!isAlive) return;
    await printLine(
      this.#terminal.stderr,
      `Session ${this.#name} goes on. End it: python-mcp session stop ${this.#name}`,
    );
  }

  async #typedCell(): Promise<string | null> {
    const typed: string[] = [];
    for (;;) {
      const line = await this.#lines.next(typed.length === 0 ? '>>> ' : '... ');
      if (line === null) return null;
      if (line === 'interrupted') typed.length = 0;
      else if (isWhole([...typed, line.text])) return [...typed, line.text].join('\n');
      else typed.push(line.text);
    }
  }

  async #run(code: string): Promise<void> {
    const { job, cell } = await this.#jobs.sessions.accept({ ...this.#more, code }, ORIGIN);
    this.#more = { session: this.#name, timeout_seconds: this.#more.timeout_seconds };
    [this.#id, this.#cell] = [job.id, cell];
    const place = { jobs: this.#jobs, id: job.id, cell, terminal: this.#terminal };
    try {
      const end = await followCell(place, () => this.#answer());
      await this.#sayNotes(end.notes ?? []);
      await showEnd(end, this.#terminal);
    } finally {
      this.#cell = null;
    }
  }

  async #sayNotes(notes: string[]): Promise<void> {
    const { stderr } = this.#terminal;
    for (const note of notes) await printLine(stderr, styled(stderr, 'dim', `(${note})`));
  }

  /** Its prompt was printed; the line is drawn anew with it. */
  async #answer(): Promise<string | null> {
    const asked = this.#id === null ? null : this.#jobs.sessions.view(this.#id);
    const line = await this.#lines.next(asked?.prompt?.split('\n').at(-1) ?? '');
    return line === null || line === 'interrupted' ? null : line.text;
  }

  #interrupt(): void {
    const [id, cell] = [this.#id, this.#cell];
    if (id === null || cell === null) return this.#lines.interrupt();
    this.#lines.interrupt();
    this.#jobs.sessions.stop(id, cell).then(
      ({ message }) => this.#sayIfBusy(message),
      (error: unknown) => reportFailure(error, this.#terminal),
    );
  }

  async #sayIfBusy(message: string): Promise<void> {
    if (message.includes('not stopped yet')) await complain(this.#terminal, message);
  }

  #names(): string[] {
    return this.#id === null ? [] : this.#jobs.sessions.names(this.#id);
  }
}

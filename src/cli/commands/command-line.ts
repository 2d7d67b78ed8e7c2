/** What the groups of commands are added to: the program, its terminal and its exit code. */
import { type Command, InvalidArgumentError } from 'commander';
import type { App } from '../../jobs/app.ts';
import { withApp } from './open-app.ts';
import type { Root } from '../set-up/root.ts';
import type { Terminal } from '../terminal/terminal.ts';

export const JSON_OPTION = ['--json', 'print JSON'] as const;

export class CommandLine {
  readonly program: Command;
  readonly terminal: Terminal;
  readonly root: Root;
  /** Of the command that ran. */
  exitCode = 0;

  constructor(program: Command, terminal: Terminal, root: Root) {
    this.program = program;
    this.terminal = terminal;
    this.root = root;
  }

  /** A command on an open home that only looks or ends; what it returns is the exit code. */
  async withApp(work: (app: App) => Promise<number | void>): Promise<void> {
    this.exitCode = (await withApp(this.root, work)) ?? 0;
  }

  /** A command that stays with the jobs it starts. */
  async startingJobs(work: (app: App) => Promise<number>): Promise<void> {
    this.exitCode = await withApp(this.root, work, true);
  }
}

export function toNumber(text: string): number {
  const number = Number(text);
  if (text.trim() !== '' && Number.isFinite(number)) return number;
  throw new InvalidArgumentError('It is not a number.');
}

export function collect(value: string, earlier: string[] = []): string[] {
  return [...earlier, value];
}

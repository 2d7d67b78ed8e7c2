/** What may stand where somebody pressed Tab, from the tables of commands and options themselves. */
import type { Argument, Command, Option } from 'commander';
import { ID } from '../terminal/typed-job.ts';

/** `words` to choose from, or the name of a job. */
export interface Candidates {
  words: string[];
  isJob: boolean;
}

/** Nothing of ours: the shell offers files. */
const FILES: Candidates = { words: [], isJob: false };

/** @param typed all words behind the program's name; the last one is unfinished, perhaps empty */
export function candidatesFor(program: Command, typed: readonly string[]): Candidates {
  const place = placeOf(program, typed.slice(0, -1));
  if (place === null) return FILES;
  const { command, option, position } = place;
  const last = typed.at(-1) ?? '';
  if (option) return choices(option.argChoices);
  if (last.startsWith('-')) return choices(optionsOf(command));
  if (command.commands.length > 0) return choices(commandsOf(command));
  return candidatesOf(argumentAt(command, position));
}

interface Place {
  command: Command;
  /** Whose value comes next. */
  option: Option | undefined;
  /** How many arguments of the command stand before. */
  position: number;
}

/** Null behind the script of a run: what stands there is the script's. */
function placeOf(program: Command, words: readonly string[]): Place | null {
  let place: Place = { command: program, option: undefined, position: 0 };
  for (const word of words) {
    const next = stepOver(place, word);
    if (next === null) return null;
    place = next;
  }
  return place;
}

function stepOver({ command, option, position }: Place, word: string): Place | null {
  if (option) return { command, option: undefined, position };
  if (word.startsWith('-') && word !== '-') {
    return { command, option: valued(command, word), position };
  }
  const inner = command.commands.find((one) => [one.name(), ...one.aliases()].includes(word));
  if (inner) return { command: inner, option: undefined, position: 0 };
  const isScript = command.registeredArguments.some((one) => one.name() === 'args');
  return isScript ? null : { command, option: undefined, position: position + 1 };
}

function valued(command: Command, word: string): Option | undefined {
  const option = command.options.find(({ long, short }) => word === long || word === short);
  return option?.required ? option : undefined;
}

function argumentAt({ registeredArguments: all }: Command, position: number): Argument | undefined {
  return all[position] ?? all.findLast((argument) => argument.variadic);
}

function candidatesOf(argument: Argument | undefined): Candidates {
  if (argument?.description === ID) return { words: [], isJob: true };
  return choices(argument?.argChoices);
}

function choices(words: readonly string[] = []): Candidates {
  return { words: [...words], isJob: false };
}

function optionsOf(command: Command): string[] {
  const help = command.createHelp();
  return help.visibleOptions(command).flatMap(({ long }) => (long === undefined ? [] : [long]));
}

function commandsOf(command: Command): string[] {
  const visible = command.createHelp().visibleCommands(command);
  return visible.flatMap((one) => [one.name(), ...one.aliases()]);
}

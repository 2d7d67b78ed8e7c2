/** The command line as a page of docs and as a man page, both from the tables of commands and options. */
import type { Argument, Command, Option } from 'commander';

/** One command, or a command of a group, as it is called. */
interface Entry {
  usage: string;
  names: string;
  about: string;
  rows: [name: string, meaning: string][];
}

export function cliPage(program: Command): string {
  const sections = entriesOf(program).map(({ usage, names, about, rows }) => {
    const table = rows.map(([name, meaning]) => `| \`${inCell(name)}\` | ${inCell(meaning)} |`);
    const head = rows.length > 0 ? ['| word | meaning |', '| --- | --- |'] : [];
    return [`## ${names}`, '', `\`${usage}\``, '', `${about}.`, '', ...head, ...table].join('\n');
  });
  return ['# Command line', '', ...sections.map((section) => `${section.trimEnd()}\n`)].join('\n');
}

export function manPage(program: Command, version: string): string {
  const sections = entriesOf(program).map(({ usage, about, rows }) => {
    const terms = rows.map(([name, meaning]) => `.TP\n.B ${escaped(name)}\n${escaped(meaning)}`);
    return [`.SS ${escaped(usage)}`, `${escaped(about)}.`, ...terms].join('\n');
  });
  return [
    `.TH PYTHON-MCP 1 "" "python-mcp ${version}"`,
    '.SH NAME',
    String.raw`python-mcp \- run Python scripts as jobs`,
    '.SH DESCRIPTION',
    escaped(program.description()),
    '.SH COMMANDS',
    ...sections,
    '',
  ].join('\n');
}

function entriesOf(program: Command): Entry[] {
  return visible(program).flatMap((command) => {
    const inner = visible(command);
    const path = `${program.name()} ${command.name()}`;
    if (inner.length === 0) return [entryOf(command, path)];
    return inner.map((one) => entryOf(one, `${path} ${one.name()}`));
  });
}

/** Help is not helped. */
function visible(command: Command): Command[] {
  const shown = command.createHelp().visibleCommands(command);
  return shown.filter((one) => one.name() !== 'help');
}

function entryOf(command: Command, path: string): Entry {
  const [program = '', ...words] = path.split(' ');
  const help = command.createHelp();
  const options = help.visibleOptions(command).filter(({ long }) => long !== '--help');
  return {
    usage: `${program} ${words.join(' ')} ${command.usage()}`,
    names: [words.join(' '), ...command.aliases()].join(', '),
    about: command.description(),
    rows: [...command.registeredArguments.map(argumentRow), ...options.map(optionRow)],
  };

  function argumentRow(argument: Argument): [string, string] {
    return [argument.name(), help.argumentDescription(argument)];
  }

  function optionRow(option: Option): [string, string] {
    return [option.flags, help.optionDescription(option)];
  }
}

function inCell(text: string): string {
  return text.replaceAll('|', String.raw`\|`);
}

/** A line that begins with a dot is a request, and a hyphen could be broken at. */
function escaped(text: string): string {
  return text
    .replaceAll('\\', String.raw`\e`)
    .replaceAll('-', String.raw`\-`)
    .replace(/^([.'])/gm, String.raw`\&$1`);
}

/** `python-mcp scripts`: scripts that are kept by name. */
import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { SaveScriptSchema } from '../../contract/inputs.ts';
import { invalid, shown } from '../../core/job-error.ts';
import type { ScriptView } from '../../contract/replies/script.ts';
import type { ScriptLibrary } from '../../jobs/scripts/script-library.ts';
import { oneLine } from '../../output/terminal/one-line.ts';
import { cleanLongText } from '../../output/terminal/clean-text.ts';
import { checked } from '../terminal/typed-input.ts';
import { formatTime } from '../terminal/duration.ts';
import { formatTable, truncate } from '../terminal/table.ts';
import { printJson, printLine, styled, type Terminal, write } from '../terminal/terminal.ts';

export interface SaveOptions {
  with?: string[];
  requiresPython?: string;
  overwrite?: boolean;
  json?: boolean;
}

interface Shape {
  json?: boolean;
}

const PACKAGES_CELLS = 30;
const DESCRIPTION_CELLS = 50;

export async function listScripts(
  scripts: ScriptLibrary,
  { json }: Shape,
  terminal: Terminal,
): Promise<void> {
  const list = await scripts.list();
  if (json) return printJson(terminal, list);
  const { stdout, stderr } = terminal;
  if (list.length === 0) return printLine(stderr, 'There are no saved scripts yet.');
  const names = ['NAME', 'SAVED', 'PYTHON', 'PACKAGES', 'DESCRIPTION'];
  const header = names.map((name) => styled(stdout, 'bold', name));
  await printLine(stdout, formatTable([header, ...list.map((one) => rowOf(one, stdout))]));
}

/** Short for people, whole for programs. */
function rowOf(script: ScriptView, stdout: NodeJS.WriteStream): string[] {
  const { name, problem, description, modified_at: savedAt, requires_python: python } = script;
  const packages = oneLine(script.dependencies.join(', '));
  const about = oneLine(problem ?? description ?? '');
  const short = stdout.isTTY;
  return [
    name,
    short ? formatTime(savedAt) : savedAt,
    oneLine(python ?? '-'),
    (short ? truncate(packages, PACKAGES_CELLS) : packages) || '-',
    styled(stdout, problem ? 'red' : 'reset', short ? truncate(about, DESCRIPTION_CELLS) : about),
  ];
}

export async function saveScript(
  scripts: ScriptLibrary,
  name: string,
  file: string,
  options: SaveOptions,
  terminal: Terminal,
): Promise<void> {
  const { overwrite, requiresPython, json } = options;
  const typed = {
    script_name: name,
    source: await readSource(file, terminal),
    dependencies: options.with,
    requires_python: requiresPython,
    overwrite,
  };
  const reply = await scripts.save(await checked(SaveScriptSchema, typed, terminal));
  if (json) return printJson(terminal, reply);
  await printLine(terminal.stdout, reply.message);
}

async function readSource(file: string, terminal: Terminal): Promise<string> {
  const bytes = file === '-' ? await buffer(terminal.stdin) : readFile(file);
  if (isUtf8(bytes)) return bytes.toString();
  throw invalid('FILE', `${shown(file)} is not UTF-8 text.`, 'Name a Python file.');
}

function readFile(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw invalid('FILE', `${shown(file)} cannot be read (${code}).`, 'Name a file, or "-".');
  }
}

/** Its source, as it is. */
export async function showScript(
  scripts: ScriptLibrary,
  name: string,
  { json }: Shape,
  terminal: Terminal,
): Promise<void> {
  const source = await scripts.read(name);
  const { stdout } = terminal;
  if (!json) return write(stdout, stdout.isTTY ? await cleanLongText(source) : source);
  const facts = (await scripts.list()).find((script) => script.name === name);
  await printJson(terminal, { ...facts, source });
}

export async function removeScript(
  scripts: ScriptLibrary,
  name: string,
  { json }: Shape,
  terminal: Terminal,
): Promise<void> {
  const path = await scripts.remove(name);
  if (json) return printJson(terminal, { removed: true, path });
  await printLine(terminal.stdout, `Removed ${shown(name)}.`);
}

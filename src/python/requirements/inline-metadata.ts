/** Inline script metadata (PEP 723): the `# /// script` block at the head of a script. */
import { parse } from 'smol-toml';
import { invalid, shown } from '../../core/job-error.ts';
import { inlineSources, type InlineSources } from './inline-sources.ts';
import { normaliseRequirements } from './requirements.ts';
import { isSpecifier } from '../interpreters/version.ts';

export interface InlineMetadata {
  dependencies: string[];
  requiresPython: string | null;
  sources: InlineSources;
  /** Sentences about settings that have no effect here. */
  notes: string[];
}

const START = '# /// script';
const END = '# ///';
const PARAMETER = 'script metadata';
/** Settings of `[tool.uv]` that say where packages come from, and are looked at elsewhere. */
const SOURCES = new Set(['sources', 'index', 'index-url', 'extra-index-url']);

/**
 * Null when the script has no block.
 * @throws JobError invalid_request when it has a malformed one
 */
export function parseInlineMetadata(source: string): InlineMetadata | null {
  const toml = blockOf(source);
  if (toml === null) return null;
  const table = parseToml(toml);
  const dependencies = table['dependencies'] ?? [];
  if (!isStrings(dependencies)) throw malformed('dependencies must be a list of strings.');
  return {
    dependencies: normaliseRequirements(dependencies, `${PARAMETER}: dependencies`),
    requiresPython: requiresPythonOf(table),
    sources: inlineSources(uvTable(table)),
    notes: notesOn(table),
  };
}

function blockOf(source: string): string | null {
  if (!source.includes(START)) return null;
  const lines = source.split(/\r?\n/).map((line) => line.trimEnd());
  const starts = lines.flatMap((line, index) => (line === START ? [index] : []));
  const [start] = starts;
  if (start === undefined) return null;
  let end = start + 1;
  while (isComment(lines[end])) end++;
  const block = lines.slice(start + 1, end);
  const close = block.lastIndexOf(END);
  if (close === -1) throw malformed(`the block of line ${start + 1} is not closed with "${END}".`);
  const second = starts.find((line) => line > start + 1 + close);
  if (second !== undefined) throw malformed(`line ${second + 1} starts a second block.`);
  return block
    .slice(0, close)
    .map((line) => line.slice(2))
    .join('\n');
}

function isComment(line: string | undefined): boolean {
  return line === '#' || (line?.startsWith('# ') ?? false);
}

function parseToml(text: string): Record<string, unknown> {
  try {
    return parse(text);
  } catch (error) {
    throw malformed(`${(error as Error).message.split('\n')[0]}.`);
  }
}

function requiresPythonOf(table: Record<string, unknown>): string | null {
  const value = table['requires-python'] ?? null;
  if (value === null) return null;
  if (typeof value !== 'string' || !isSpecifier(value)) {
    throw malformed(`requires-python ${shown(value)} is not a version specifier like ">=3.11".`);
  }
  return value;
}

function notesOn(table: Record<string, unknown>): string[] {
  const settings = Object.keys(uvTable(table)).filter((setting) => !SOURCES.has(setting));
  return settings.map(
    (setting) => `tool.uv.${setting} of the script's metadata has no effect here.`,
  );
}

function uvTable(table: Record<string, unknown>): Record<string, unknown> {
  const tool = table['tool'] as Record<string, Record<string, unknown>> | undefined;
  return tool?.['uv'] ?? {};
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function malformed(problem: string) {
  return invalid(PARAMETER, problem, 'Correct the "# /// script" block (PEP 723) or remove it.');
}

/** From the fields of the form to the body of a request: what is empty is left out. */
import type { ScriptInfo } from '../api/api-types.ts';

const TEXTS = [
  'script_content',
  'script_path',
  'job_label',
  'directory',
  'stdin',
  'python_version',
];
const PROGRAMS = ['script_content', 'script_path', 'module', 'command'];
const LISTS = ['args', 'dependencies'];
const NUMBERS = ['timeout_seconds', 'memory_limit_mb'];

/**
 * @param carried what the form has no field for
 * @throws Error for a variable without a name, and when there is nothing to run
 */
export function runBody(
  form: FormData,
  script: ScriptInfo | null,
  carried: Record<string, unknown> = {},
): Record<string, unknown> {
  const body: Record<string, unknown> = { ...carried };
  if (script) body['script_path'] = script.path;
  body['directory'] = null; // a folder of its own: not the one of the saved scripts
  body['job_label'] = labelOf(script);
  const given = (names: string[]): [string, string][] =>
    names.map((name): [string, string] => [name, textOf(form, name)]).filter(([, text]) => text);
  for (const [name, text] of given(TEXTS)) body[name] = text;
  for (const [name, text] of given(LISTS)) body[name] = linesOf(text);
  for (const [name, text] of given(NUMBERS)) body[name] = Number(text);
  const variables = linesOf(textOf(form, 'env_vars'));
  if (variables.length > 0) body['env_vars'] = Object.fromEntries(variables.map(variable));
  if (form.has('interactive')) body['interactive'] = true;
  if (!PROGRAMS.some((name) => name in body)) throw new Error('Write some code, or name a file.');
  return body;
}

/** By which a run is found again in the list when nobody named it. */
export function labelOf(script: ScriptInfo | null): string {
  return script?.name ?? 'inline code';
}

function variable(line: string): [string, string] {
  const at = line.indexOf('=');
  if (at > 0) return [line.slice(0, at).trim(), line.slice(at + 1)];
  throw new Error(`Environment variables: "${line}" is not NAME=value.`);
}

/** Browsers send line breaks of forms as two characters. */
function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value.replaceAll('\r\n', '\n') : '';
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

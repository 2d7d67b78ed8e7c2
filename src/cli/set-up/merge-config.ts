/** Adds one server to the text of a client's configuration, and leaves everything else as it is. */
import { getNodeValue } from 'jsonc-parser';
import { parse, stringify } from 'smol-toml';
import { JobError } from '../../core/job-error.ts';
import { isEmptyJson, memberOf, objectIn, setInJson } from './edit-json.ts';
import { type ClientConfig, SERVER_NAME } from './install-clients.ts';

export interface ServerEntry {
  type?: 'stdio';
  command: string;
  args: string[];
  env?: Record<string, string>;
}

/** The part a person would paste. */
export function snippet({ format, table }: ClientConfig, entry: ServerEntry): string {
  const content = { [table]: { [SERVER_NAME]: entry } };
  return format === 'toml' ? stringify(content).trim() : JSON.stringify(content, null, 2);
}

/**
 * @param text of the file; null when there is none yet.
 * @returns the new text; the same text when the entry is there already.
 * @throws JobError invalid_request when the file cannot be changed without harm.
 */
export function mergeServer(config: ClientConfig, text: string | null, entry: ServerEntry): string {
  if (text === null || text.trim() === '') return `${snippet(config, entry)}\n`;
  return config.format === 'toml' ? mergeToml(config, text, entry) : mergeJson(config, text, entry);
}

function mergeJson(config: ClientConfig, text: string, entry: ServerEntry): string {
  const { path, table } = config;
  if (isEmptyJson(text)) return `${text.trimEnd()}\n${snippet(config, entry)}\n`;
  const root = objectIn(text);
  if (!root) throw unusable(path, 'it is not a JSON object (comments are no hindrance)');
  const servers = memberOf(root, table);
  if (servers && servers.type !== 'object') throw unusable(path, `"${table}" is not an object`);
  const existing = servers && memberOf(servers, SERVER_NAME);
  if (existing && same(getNodeValue(existing), entry)) return text;
  return setInJson(text, [table, SERVER_NAME], entry);
}

/** Appended: writing the whole file anew would lose its comments. */
function mergeToml(config: ClientConfig, text: string, entry: ServerEntry): string {
  const { path, table } = config;
  const content = parsed(path, () => parse(text), 'valid TOML');
  const servers = content[table] ?? {};
  if (!isTable(servers)) throw unusable(path, `"${table}" is not a table`);
  const existing = servers[SERVER_NAME];
  if (same(existing, entry)) return text;
  if (existing !== undefined) {
    throw unusable(path, `it has another entry for ${SERVER_NAME} already; remove that first`);
  }
  const merged = `${text.trimEnd()}\n\n${snippet(config, entry)}\n`;
  parsed(path, () => parse(merged), 'written in a form that can be added to');
  return merged;
}

function parsed(path: string, read: () => unknown, form: string): Record<string, unknown> {
  let content: unknown;
  try {
    content = read();
  } catch {
    throw unusable(path, `it is not ${form}`);
  }
  if (!isTable(content)) throw unusable(path, 'it does not hold settings');
  return content;
}

function unusable(path: string, reason: string): JobError {
  const remedy = 'Nothing was changed; add the entry by hand (shown without --write).';
  return new JobError('invalid_request', `${path}: ${reason}. ${remedy}`);
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function same(existing: unknown, entry: ServerEntry): boolean {
  return isTable(existing) && JSON.stringify(existing) === JSON.stringify(entry);
}

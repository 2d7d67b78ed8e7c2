/** One server in the text of a client's configuration, added or taken out; everything else stays as it is. */
import { isDeepStrictEqual } from 'node:util';
import { getNodeValue } from 'jsonc-parser';
import { parse, stringify } from 'smol-toml';
import { JobError } from '../../core/job-error.ts';
import { isEmptyJson, objectIn, removeFromJson, setInJson } from './edit-json.ts';
import { removeFromToml, setInToml } from './edit-toml.ts';
import { type ClientConfig, KEPT_KEYS, SERVER_NAME, type ServerEntry } from './install-clients.ts';

type Table = Record<string, unknown>;

/** How a format is read and written. */
interface Editor {
  read: (text: string) => Table | null;
  /** Null when the text has no place for it. */
  set: (text: string, path: string[], value: unknown) => string | null;
  remove: (text: string, path: string[]) => string;
  what: string;
}

const BYTE_ORDER_MARK = '\ufeff';

const EDITORS: Record<ClientConfig['format'], Editor> = {
  json: {
    read: (text) => {
      const root = objectIn(text);
      return root ? (getNodeValue(root) as Table) : null;
    },
    set: setInJson,
    remove: removeFromJson,
    what: 'a JSON object (comments are no hindrance)',
  },
  toml: { read: readToml, set: setInToml, remove: removeFromToml, what: 'valid TOML' },
};

/** The part a person would paste. */
export function snippet({ format, table }: ClientConfig, entry: ServerEntry): string {
  const content = { [table]: { [SERVER_NAME]: entry } };
  return format === 'toml' ? stringify(content).trim() : JSON.stringify(content, null, 2);
}

/** The entry that a text has. @throws JobError as below */
export function entryIn(config: ClientConfig, text: string | null): ServerEntry | null {
  if (isEmpty(config, text)) return null;
  const entry = serversIn(config, text ?? '')[SERVER_NAME];
  return isTable(entry) ? entry : null;
}

/**
 * @param text of the file; null when there is none yet.
 * @returns the new text; the same text when the entry is there already.
 * @throws JobError invalid_request when the file cannot be changed without harm.
 */
export function mergeServer(config: ClientConfig, text: string | null, entry: ServerEntry): string {
  if (isEmpty(config, text))
    return `${text?.trim() ? `${text.trimEnd()}\n` : ''}${snippet(config, entry)}\n`;
  const [mark, plain] = unmarked(text ?? '');
  const servers = serversIn(config, plain);
  const existing = servers[SERVER_NAME];
  const wanted = isTable(existing) ? renewed(config, existing, entry) : entry;
  const at = [config.table, SERVER_NAME];
  const merged = isTable(existing)
    ? setChanged(config, plain, at, existing, wanted)
    : EDITORS[config.format].set(plain, at, wanted);
  return mark + checked(config, plain, merged, { ...servers, [SERVER_NAME]: wanted });
}

/** @returns the same text when it has no entry. @throws JobError as above */
export function removeServer(config: ClientConfig, text: string): string {
  if (isEmpty(config, text)) return text;
  const [mark, plain] = unmarked(text);
  const { [SERVER_NAME]: existing, ...others } = serversIn(config, plain);
  if (existing === undefined) return text;
  const { remove } = EDITORS[config.format];
  return mark + checked(config, plain, remove(plain, [config.table, SERVER_NAME]), others);
}

/** What others put into the entry stays there. */
function renewed({ path }: ClientConfig, existing: Table, entry: ServerEntry): ServerEntry {
  if ('url' in existing) {
    throw unusable(path, `its entry ${SERVER_NAME} connects to an address; remove that first`);
  }
  const wanted = { ...existing, ...entry };
  for (const [name, value] of Object.entries(existing)) {
    const ours = entry[name];
    if (KEPT_KEYS.includes(name)) wanted[name] = value;
    else if (isTable(value) && isTable(ours)) wanted[name] = { ...value, ...ours };
  }
  return wanted;
}

function setChanged(
  config: ClientConfig,
  text: string,
  at: string[],
  before: Table,
  after: Table,
): string | null {
  let merged: string | null = text;
  for (const [name, value] of Object.entries(after)) {
    const old = before[name];
    if (merged === null || isDeepStrictEqual(old, value)) continue;
    const path = [...at, name];
    merged =
      isTable(old) && isTable(value)
        ? setChanged(config, merged, path, old, value)
        : EDITORS[config.format].set(merged, path, value);
  }
  return merged;
}

/** That the text means what it should, and beside it what it meant before. */
function checked(
  { path, format, table }: ClientConfig,
  before: string,
  after: string | null,
  servers: Table,
): string {
  const { read } = EDITORS[format];
  const [was, is] = [read(before), after === null ? null : read(after)];
  const { [table]: given = {}, ...others } = is ?? {};
  const { [table]: _, ...kept } = was ?? {};
  if (is && after !== null && same(given, servers) && same(others, kept)) return after;
  throw unusable(path, 'it is not written in a form that can be changed');
}

function serversIn({ path, format, table }: ClientConfig, text: string): Table {
  const { read, what } = EDITORS[format];
  const content = read(unmarked(text)[1]);
  if (!content) throw unusable(path, `it is not ${what}`);
  const servers = content[table] ?? {};
  if (isTable(servers)) return servers;
  throw unusable(path, `"${table}" is not ${format === 'toml' ? 'a table' : 'an object'}`);
}

function readToml(text: string): Table | null {
  try {
    return parse(text, { integersAsBigInt: 'asNeeded' });
  } catch {
    return null;
  }
}

function isEmpty({ format }: ClientConfig, text: string | null): boolean {
  if (text === null || unmarked(text)[1].trim() === '') return true;
  return format === 'json' && isEmptyJson(text);
}

function unmarked(text: string): [mark: string, rest: string] {
  return text.startsWith(BYTE_ORDER_MARK) ? [BYTE_ORDER_MARK, text.slice(1)] : ['', text];
}

function unusable(path: string, reason: string): JobError {
  const remedy = 'Nothing was changed; change it by hand (install --print shows the entry).';
  return new JobError('invalid_request', `${path}: ${reason}. ${remedy}`);
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whatever the order and the kind of the objects. */
function same(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(plainly(a), plainly(b));
}

function plainly(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainly);
  if (!isTable(value) || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plainly(each)]));
}

/**
 * Accepts what has one meaning, before a schema checks the rest: models and frameworks send null for
 * what they leave out, numbers as text, lists as JSON in a string, and words of their own. What has
 * two readings is left as it is, for the schema to refuse.
 */
import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import type * as z from 'zod';
import { resembled } from './parameter-names.ts';

export interface Lenient {
  /** What the schema is to check. */
  input: Record<string, unknown>;
  /** What was done to it that the caller should know. */
  notes: string[];
  /** Unknown names that look like a known one, with it: too near a slip to be ignored. */
  misspelt: { name: string; meant: string }[];
  /** Demands that this server cannot meet, with what was demanded: ignoring them would be a breach. */
  unmet: { name: string; value: unknown }[];
}

/** Parameters that are offered only where they work, with the value that asks for nothing special. */
const NOT_OFFERED: Record<string, string> = { executor: 'local' };

/** Limits of these only bound a reply or a wait: beyond them the limit itself is meant. */
const BOUNDS_A_REPLY = new Set([
  'wait_seconds',
  'max_bytes',
  'limit',
  'context_lines',
  'grace_seconds',
]);
const PATHS = new Set(['directory', 'script_path', 'env_file', 'compare_with']);
/** An empty text is a value here: nothing on standard input, a script of no lines. */
const MAY_BE_EMPTY = new Set(['stdin', 'text', 'source', 'script_content']);
/** Counts, of which none could be meant: whoever asks for 0 runs, or for cell 0, is not to get another. */
const NEVER_ZERO = new Set(['runs', 'cell']);
/** A string with blanks could be one argument or several. */
const NEVER_SPLIT = new Set(['args', 'command']);

export function lenientInput(schema: z.ZodObject, given: unknown): Lenient {
  const known = schema.shape as Record<string, z.ZodType>;
  const result: Lenient = { input: {}, notes: [], misspelt: [], unmet: [] };
  for (const [name, value] of Object.entries(asObject(given))) {
    const type = Object.hasOwn(known, name) ? known[name] : undefined;
    if (type === undefined) noteUnknown(name, value, Object.keys(known), result);
    else take(name, value, type, result);
  }
  dropEmptyScript(result.input);
  return result;
}

function asObject(given: unknown): Record<string, unknown> {
  const value = typeof given === 'string' ? (parsedJson(given, 'object') ?? given) : given;
  return isObject(value) ? value : {};
}

function noteUnknown(name: string, value: unknown, known: string[], result: Lenient): void {
  if (Object.hasOwn(NOT_OFFERED, name)) {
    if (![null, '', NOT_OFFERED[name]].includes(value as string))
      result.unmet.push({ name, value });
    return;
  }
  const meant = resembled(name, known);
  if (meant !== null) result.misspelt.push({ name, meant });
  else result.notes.push(`ignored unknown parameter ${name}`);
}

function take(name: string, value: unknown, type: z.ZodType, result: Lenient): void {
  const optional = type.safeParse(undefined).success;
  const inner = unwrapped(type);
  const read = readAs(inner, name, value);
  const takesNull = value === null && type.safeParse(null).success;
  if (optional && !takesNull && meansNothing(name, read, inner)) return;
  result.input[name] = clamped(name, read, inner, result.notes);
}

/** null, and what stands for "nothing" where a schema makes callers give every parameter. */
function meansNothing(name: string, value: unknown, type: z.ZodType): boolean {
  if (value === null || value === undefined) return true;
  if (value === '') return !MAY_BE_EMPTY.has(name);
  if (NEVER_ZERO.has(name)) return false;
  return value === 0 && type.def.type === 'number' && (limitsOf(type).least ?? 0) > 0;
}

/** Code that is there but empty gives way to a script that is named. */
function dropEmptyScript(input: Record<string, unknown>): void {
  const named = ['script_path', 'module', 'command'].some((name) => input[name] !== undefined);
  if (input['script_content'] === '' && named) delete input['script_content'];
}

const READERS: Partial<Record<string, (name: string, value: unknown) => unknown>> = {
  number: (_, value) => readNumber(value),
  boolean: (_, value) => readFlag(value),
  array: readList,
  record: (_, value) => readTexts(value),
  string: readText,
};

function readAs(type: z.ZodType, name: string, value: unknown): unknown {
  const read = READERS[type.def.type];
  return read ? read(name, value) : value;
}

function readNumber(value: unknown): unknown {
  const isNumber = typeof value === 'string' && /^\s*-?\d+(\.\d+)?\s*$/.test(value);
  return isNumber ? Number(value) : value;
}

const FLAGS = new Map<unknown, boolean>([
  ...(['true', 'yes', '1', 1] as const).map((value) => [value, true] as const),
  ...(['false', 'no', '0', 0] as const).map((value) => [value, false] as const),
]);

function readFlag(value: unknown): unknown {
  const word = typeof value === 'string' ? value.trim().toLowerCase() : value;
  if (word === '') return undefined;
  return FLAGS.get(word) ?? value;
}

function readList(name: string, value: unknown): unknown {
  if (typeof value === 'string') {
    if (value.trim() === '') return undefined;
    const list = parsedJson(value, 'list');
    if (list !== null) return readList(name, list);
    return NEVER_SPLIT.has(name) && /\s/.test(value) ? value : [value];
  }
  return Array.isArray(value) ? value.map(asText) : value;
}

function readTexts(value: unknown): unknown {
  if (typeof value === 'string') {
    if (value.trim() === '') return undefined;
    const texts = parsedJson(value, 'object');
    return texts === null ? value : readTexts(texts);
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asText(item)]));
}

function readText(name: string, value: unknown): unknown {
  if (name === 'python_version') return readVersion(value);
  const text = asText(value);
  if (typeof text !== 'string') return text;
  if (name === 'cursor' && text.trim() === '0') return '';
  return PATHS.has(name) ? readPath(text) : text;
}

/** `3.12.1` and `python3.12` name a minor version; the number 3.1 may be meant as 3.10. */
function readVersion(value: unknown): unknown {
  if (value === 3.1) return value;
  const text = asText(value);
  if (typeof text !== 'string') return text;
  const [, minor] = /^\s*(?:python|py|cpython)?\s*-?(3\.\d{1,2})(?:\.\d+)?\s*$/i.exec(text) ?? [];
  return minor ?? text;
}

function readPath(path: string): string {
  if (/^file:\/\//i.test(path)) return pathOfAddress(path);
  return path === '~' || path.startsWith('~/') ? homedir() + path.slice(1) : path;
}

function pathOfAddress(address: string): string {
  try {
    return fileURLToPath(address);
  } catch {
    return address;
  }
}

function clamped(name: string, value: unknown, type: z.ZodType, notes: string[]): unknown {
  if (typeof value !== 'number' || !BOUNDS_A_REPLY.has(name) || value < 0) return value;
  const { least = value, most = value } = limitsOf(type);
  const within = Math.max(least, Math.min(most, value));
  if (within !== value) notes.push(`${name} ${value} taken as ${within}, the limit`);
  return within;
}

function limitsOf(type: z.ZodType): { least?: number; most?: number } {
  const { minValue, maxValue } = type as z.ZodNumber;
  return {
    ...(minValue === null || minValue === undefined ? {} : { least: minValue }),
    ...(maxValue === null || maxValue === undefined ? {} : { most: maxValue }),
  };
}

/** Below `.optional()` and its like. */
function unwrapped(type: z.ZodType): z.ZodType {
  const { innerType } = type.def as { innerType?: z.ZodType };
  return innerType === undefined ? type : unwrapped(innerType);
}

function asText(value: unknown): unknown {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}

function parsedJson(text: string, kind: 'object' | 'list'): unknown {
  if (!text.trim().startsWith(kind === 'list' ? '[' : '{')) return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

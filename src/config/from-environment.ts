/** Settings from environment variables, which are text. */
import { delimiter } from 'node:path';

/** @param names variable of each setting */
export function settingsOf(
  env: Record<string, string | undefined>,
  names: Record<string, string>,
): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [key, name] of Object.entries(names)) {
    const text = env[name];
    if (text === undefined || text === '') continue;
    found[key] = readSetting(key, text);
  }
  return found;
}

function readSetting(key: string, text: string): unknown {
  const separator = LISTS.get(key);
  return separator ? text.split(separator).filter(Boolean) : readScalar(text);
}

/** Settings that are lists: in the environment separated like PATH, addresses by white space. */
const LISTS = new Map<string, string | RegExp>([
  ['find_links', delimiter],
  ['allowed_sources', /[\s,]+/],
]);

/** Environment variables are text: numbers and booleans are recognised by their form. */
function readScalar(text: string): unknown {
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (text === 'true' || text === 'false') return text === 'true';
  if (text.startsWith('{')) return readTable(text);
  return text;
}

/** A table is written as JSON there. */
function readTable(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

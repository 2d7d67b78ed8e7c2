/**
 * Where a script's own metadata says that its packages come from (`[[tool.uv.index]]`,
 * `[tool.uv.sources]`), and what of it the settings allow: docs/decisions/0060-indexes-of-scripts.md.
 */
import { invalid, shown } from '../../core/job-error.ts';
import { nameOf, normaliseName } from './requirements.ts';

interface InlineIndex {
  name: string | null;
  url: string;
  /** Used by those packages alone that name it. */
  explicit: boolean;
}

export interface InlineSources {
  indexes: InlineIndex[];
  /** By normalised name of the package. */
  packages: Map<string, Record<string, unknown>>;
}

export interface AllowedSources {
  /** Beginnings of addresses. */
  allowed: readonly string[];
  /** What is used anyway. */
  indexUrl: string | null;
}

interface Located {
  requirements: string[];
  /** Besides the configured one. */
  indexes: string[];
  notes: string[];
}

/** Of a `[tool.uv]` table. */
export function inlineSources(uv: Record<string, unknown>): InlineSources {
  const plain = [uv['index-url'], uv['extra-index-url']].flat();
  const named = [uv['index']].flat();
  const sources = Object.entries(tableOf(uv['sources']) ?? {});
  return {
    indexes: [...plain.map((url) => ({ url })), ...named].flatMap(indexOf),
    packages: new Map(
      sources.map(([name, source]) => [normaliseName(name), tableOf([source].flat()[0]) ?? {}]),
    ),
  };
}

function indexOf(entry: unknown): InlineIndex[] {
  const { name, url, explicit } = tableOf(entry) ?? {};
  if (typeof url !== 'string') return [];
  return [{ url, name: typeof name === 'string' ? name : null, explicit: explicit === true }];
}

function tableOf(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
}

/**
 * What the requirements need of them. What nobody needs stops nobody.
 * @throws JobError invalid_request naming the setting for what is needed and not allowed
 */
export function locate(
  requirements: readonly string[],
  { indexes, packages }: InlineSources,
  allowed: AllowedSources,
): Located {
  const sources = requirements.map((one) => packages.get(nameOf(one)));
  const named = new Set(sources.map((source) => source?.['index']));
  const isNeeded = (index: InlineIndex) =>
    requirements.length > 0 && (index.explicit ? named.has(index.name) : !isUsual(index, allowed));
  const needed = indexes.filter(isNeeded).map(({ url }) => url);
  for (const url of needed) check('index', url, allowed);
  const unused = indexes.filter((index) => !isNeeded(index) && !isUsual(index, allowed));
  return {
    indexes: needed,
    requirements: requirements.map((one, at) => located(one, sources[at], allowed)),
    notes: unused.map(({ url }) => `${url} of the script's metadata is not used by its packages.`),
  };
}

function isUsual({ url }: InlineIndex, { indexUrl }: AllowedSources): boolean {
  return indexUrl !== null && withoutSlash(url) === withoutSlash(indexUrl);
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

/** A requirement with the place its source names; as it is when it names none, or an index. */
function located(
  requirement: string,
  source: Record<string, unknown> | undefined,
  allowed: AllowedSources,
): string {
  const { git, url, path, workspace } = source ?? {};
  if (typeof git === 'string') {
    const revision = source?.['rev'] ?? source?.['tag'] ?? source?.['branch'];
    check('git', git, allowed);
    const isRevision = typeof revision === 'string' && /^\w[\w./-]*$/.test(revision);
    return at(requirement, `git+${git}${isRevision ? `@${revision}` : ''}`);
  }
  if (typeof url === 'string') {
    check('url', url, allowed);
    return at(requirement, url);
  }
  if (path === undefined && workspace === undefined) return requirement;
  const problem = `tool.uv.sources of ${nameOf(requirement)} is a folder of another project.`;
  throw invalid('script metadata', problem, 'Run the script within that project, or use an index.');
}

function at(requirement: string, place: string): string {
  const [, marker] = requirement.split(' ; ');
  const extras = /\[[^\]]*\]/.exec(requirement)?.[0] ?? '';
  return `${nameOf(requirement)}${extras} @ ${place}${marker ? ` ; ${marker}` : ''}`;
}

/** An address that is what it looks like: no spaces, no way up, no name before an @. */
const PLAIN = /^(?:https?|ssh):\/\/[^\s"'\\@]+$/;
const WAY_UP = /(?:\.|%2e){2}/i;

function check(kind: string, url: string, { allowed }: AllowedSources): void {
  const isPlain = PLAIN.test(url) && !WAY_UP.test(url);
  if (isPlain && allowed.some((start) => isBelow(url, start))) return;
  throw invalid(
    'script metadata',
    `the ${kind} ${shown(url)} is not among those that packages may come from.`,
    'Only the user can allow it, by the setting `allowed_sources` (a list of addresses in config.toml) or, for an index, `index_url`.',
  );
}

/** The address itself or a part of it, never one that only begins alike. */
function isBelow(url: string, start: string): boolean {
  const base = withoutSlash(start);
  return [base, `${base}.git`].includes(withoutSlash(url)) || url.startsWith(`${base}/`);
}

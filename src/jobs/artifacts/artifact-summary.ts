/** The artifacts of a job as its result names them: few enough for a reply. */
import type { Artifact } from '../../contract/replies/files-and-usage.ts';
import type { ArtifactEntry, RunResult } from '../../contract/replies/run-result.ts';
import type { JobFolder } from '../../output/files/job-folder.ts';
import {
  type PictureType,
  pictureTypeOf,
  SIGNATURE_BYTES,
} from '../../output/pictures/picture-format.ts';
import { cleanTerminalText } from '../../output/terminal/clean-text.ts';
import { findArtifacts, openArtifact } from './artifacts.ts';

export type ArtifactSummary = Pick<RunResult, 'artifacts' | 'artifacts_total'>;

const MOST_ENTRIES = 50;
/** Of all names and addresses together, as names may be long. */
const MOST_CHARACTERS = 10_000;
/** This is done with every poll of an ended job, and takes some 6 µs for each. */
const MOST_LOOKED_AT = 1_000;

/** The first and the last ones; nothing when there are none. */
export function summariseArtifacts(folder: JobFolder, jobId: string): ArtifactSummary {
  const { artifacts: found } = findArtifacts(folder, MOST_LOOKED_AT);
  if (found.length === 0) return {};
  sortByTime(found);
  const artifacts = firstAndLast(found, MOST_ENTRIES).map((artifact) => ({
    name: cleanTerminalText(artifact.name),
    type: typeOf(folder, artifact),
    bytes: artifact.bytes,
    uri: artifactUri(jobId, artifact.name),
  }));
  const shown = withinCharacters(artifacts);
  const isCut = shown.length < found.length;
  return { artifacts: shown, ...(isCut ? { artifacts_total: found.length } : {}) };
}

export function artifactUri(jobId: string, name: string): string {
  return `job://${jobId}/artifacts/${encodeURIComponent(name)}`;
}

/** The name of an artifact as it is on disk. */
export function nameIn({ uri }: ArtifactEntry): string {
  return decodeURIComponent(uri.slice(uri.lastIndexOf('/') + 1));
}

/** The beginning and the end of a list that is longer than `most`. */
export function firstAndLast<T>(list: readonly T[], most: number): T[] {
  if (list.length <= most) return [...list];
  const first = Math.ceil(most / 2);
  return [...list.slice(0, first), ...list.slice(list.length - (most - first))];
}

/** Those of the same millisecond by the numbers in their names. */
function sortByTime(artifacts: Artifact[]): void {
  const { compare } = new Intl.Collator('en', { numeric: true });
  artifacts.sort((a, b) =>
    a.modified_at === b.modified_at
      ? compare(a.name, b.name)
      : a.modified_at < b.modified_at
        ? -1
        : 1,
  );
}

function typeOf(folder: JobFolder, { name, media_type: byName }: Artifact): string {
  const picture = contentType(folder, name);
  return picture ?? (byName.startsWith('image/') ? 'application/octet-stream' : byName);
}

function contentType(folder: JobFolder, name: string): PictureType | null {
  const file = openArtifact(folder, name);
  if (!file) return null;
  try {
    return pictureTypeOf(file.read(0, SIGNATURE_BYTES));
  } finally {
    file.close();
  }
}

function withinCharacters(entries: ArtifactEntry[]): ArtifactEntry[] {
  const lengths = entries.map(({ name, uri }) => name.length + uri.length);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (total <= MOST_CHARACTERS) return entries;
  const most = Math.floor(MOST_CHARACTERS / Math.max(...lengths));
  return firstAndLast(entries, most);
}

/** The reply of `py_job_output` with `search`: matches with their offsets, or the last traceback. */
import { encodeCursor, type Cursor } from '../../core/cursor.ts';
import { invalid, shown } from '../../core/job-error.ts';
import { hasEnded, type Job } from '../../core/job.ts';
import type { JobFolder, Stream } from '../../output/files/job-folder.ts';
import { lastTraceback } from '../../output/search/last-traceback.ts';
import { describeGap, presentPage } from '../../output/files/output-window.ts';
import type { Finder } from '../../output/search/text-finder.ts';
import { patternFinder } from '../../output/search/pattern-finder.ts';
import { compilePattern } from '../../output/search/pattern.ts';
import { readPage } from '../../output/files/read-page.ts';
import { type LinesFound, searchLines } from '../../output/search/search-lines.ts';
import { showHits, type ShownHits } from '../../output/search/show-hits.ts';
import { asUntrusted } from '../context/untrusted-text.ts';
import { type OutputRequest, streamsOf } from './text-page.ts';

export interface SearchAsked extends Omit<OutputRequest, 'tail'> {
  pattern: string;
  contextLines: number;
  /** How long it may take, milliseconds; both streams together. */
  timeMs: number;
}

export const TRACEBACK = 'traceback';
export const DEFAULT_CONTEXT_LINES = 2;
export const DEFAULT_SEARCH_MS = 600;
/** No match takes less room in a reply. */
const SMALLEST_SHOWN = 4;

/** @throws JobError invalid_request when the pattern cannot be used. */
export async function searchJobOutput(
  job: Job,
  folder: JobFolder,
  asked: SearchAsked,
): Promise<string> {
  if (asked.pattern === TRACEBACK) return showLastTraceback(job, folder, asked);
  const finder = patternFinder(compilePattern(asked.pattern, 'search'));
  const next: Cursor = { ...asked.cursor };
  const about: string[] = [`search ${shown(asked.pattern)}`];
  const bodies: string[] = [];
  let left = { bytes: asked.maxBytes, ms: asked.timeMs };
  const streams = streamsOf(asked);
  for (const [place, stream] of streams.entries()) {
    const others = streams.length - place;
    const share = { bytes: Math.ceil(left.bytes / others), ms: left.ms / others };
    const began = performance.now();
    const found = await searchStream(folder[stream], finder, stream, asked, share);
    about.push(found.about);
    if (found.text !== '') bodies.push(`--- ${stream} ---\n${found.text}`);
    next[stream] = found.next;
    left = {
      bytes: left.bytes - Buffer.byteLength(found.text),
      ms: left.ms - (performance.now() - began),
    };
    if (!found.done) about.push(`search on from there for more of ${stream}`);
  }
  return asUntrusted(
    job,
    [...about, `next cursor ${encodeCursor(next)}`],
    bodies.join('') || '(no match)\n',
  );
}

interface FoundInStream {
  about: string;
  text: string;
  next: number;
  done: boolean;
}

async function searchStream(
  path: string,
  finder: Finder,
  stream: Stream,
  { cursor, contextLines, raw }: SearchAsked,
  { bytes: maxBytes, ms }: { bytes: number; ms: number },
): Promise<FoundInStream> {
  const deadline = performance.now() + ms;
  const maxHits = Math.ceil(maxBytes / SMALLEST_SHOWN);
  const result = await searchLines(path, { finder, from: cursor[stream], maxHits, deadline });
  const hits = await showHits(path, result.hits, { contextLines, maxBytes, raw });
  const allShown = hits.count === result.count;
  return {
    about: describeSearch(stream, result, hits),
    text: hits.text,
    next: allShown ? result.to : hits.next,
    done: allShown && result.to >= result.size,
  };
}

function describeSearch(stream: Stream, result: LinesFound, hits: ShownHits): string {
  const { count, from, to, size, skipped } = result;
  const matches = `${count} ${count === 1 ? 'match' : 'matches'}`;
  const shownHits = hits.count < count ? `, the first ${hits.count} shown,` : '';
  const unsearched = to < size ? ' when the time was up (wait_seconds gives more)' : '';
  const gap = skipped ? ` (${describeGap(skipped)})` : '';
  return `${stream}: ${matches}${shownHits} in bytes ${from}–${to} of ${size}${gap}${unsearched}`;
}

/** Errors go to stderr, so that is looked at first; what scripts log themselves may be in stdout. */
async function showLastTraceback(job: Job, folder: JobFolder, asked: SearchAsked): Promise<string> {
  const deadline = performance.now() + asked.timeMs;
  const notFound: string[] = [];
  for (const stream of streamsOf(asked).toReversed()) {
    const { found, searchedFrom } = await lastTraceback(folder[stream], deadline);
    if (!found) {
      notFound.push(`no traceback in ${stream} from byte ${searchedFrom} on`);
      continue;
    }
    const to = Math.min(found.to, found.from + asked.maxBytes);
    const page = readPage(folder[stream], found.from, to - found.from, hasEnded(job));
    const range = `last traceback: ${stream} bytes ${found.from}–${page.next}`;
    const cut = page.next < found.to ? [`it goes on to byte ${found.to}`] : [];
    const text = presentPage(page);
    return asUntrusted(job, [range, ...cut], text.endsWith('\n') ? text : `${text}\n`);
  }
  return asUntrusted(job, notFound, '(no match)\n');
}

/** Some parameters of the tool make no sense together with `search`. */
export function refuseWithSearch(input: { tail?: unknown; until?: unknown }): void {
  if (input.tail) {
    throw invalid('tail', 'a search goes forward from cursor.', 'Leave out tail, or search.');
  }
  if (input.until !== undefined) {
    throw invalid('until', 'a search does not wait for output.', 'Leave out until, or search.');
  }
}

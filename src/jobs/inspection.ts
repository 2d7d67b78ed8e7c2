/** The part of the door that people look through: one job or many, in every detail, read only. */
import { dirname } from 'node:path';
import { type Cursor, encodeCursor } from '../core/cursor.ts';
import { invalid, shown } from '../core/job-error.ts';
import { hasEnded, type Job, phaseOf } from '../core/job.ts';
import { decodeUtf8 } from '../output/code-points.ts';
import { readBytes, readPage, readTail, type OutputPage } from '../output/read-page.ts';
import { cleanLongText } from '../output/terminal-text.ts';
import { type ArtifactList, listArtifacts, openArtifact, type OpenArtifact } from './artifacts.ts';
import { browseJobs, countJobs } from './browse.ts';
import type { BrowseRequest, JobCounts, JobListing } from './browse.ts';
import { type Engine, folderOf } from './engine.ts';
import type { Finisher } from './finisher.ts';
import { jobDetails, type JobDetails } from './job-details.ts';
import { type JobSource, readSource } from './job-source.ts';
import { ListWatch } from './list-watch.ts';
import { jobItem, type JobItem, jobView, outputSizes } from './job-view.ts';
import { type MatchRequest, type SearchMatches, searchMatches } from './search-matches.ts';
import { UsageSampler, type UsageSample } from './usage.ts';

export type OutputSource = 'stdout' | 'stderr' | 'environment';

/** Bytes `from`–`to` of one stream, as far as they are there. */
export interface PageRequest {
  source: OutputSource;
  from: number;
  maxBytes: number;
  tail: boolean;
}

export interface InspectedPage extends OutputPage {
  /** Nothing will be added to the stream any more. */
  ended: boolean;
}

const LARGEST_SHOWN_SOURCE = 1024 * 1024;

const FRESH_MS = 200;
const MOST_ITEMS = 256;

export class Inspection {
  readonly #engine: Engine;
  readonly #finisher: Finisher;
  /** @throws JobError unknown_job */
  readonly #get: (id: string) => Job;
  readonly #usage: UsageSampler;
  readonly #items = new Map<string, { at: number; item: JobItem }>();

  constructor(engine: Engine, finisher: Finisher, get: (id: string) => Job) {
    this.#engine = engine;
    this.#finisher = finisher;
    this.#get = get;
    this.#usage = new UsageSampler(engine);
  }

  browse(request: BrowseRequest): JobListing {
    return browseJobs(this.#engine, this.#finisher, request);
  }

  counts(): JobCounts {
    return countJobs(this.#engine);
  }

  /** As in a list; at most a fifth of a second old, for many followers ask at once. */
  item(id: string): JobItem {
    const known = this.#items.get(id);
    if (known && performance.now() - known.at < FRESH_MS) return known.item;
    const item = jobItem(this.#engine, this.#get(id));
    if (this.#items.size >= MOST_ITEMS) this.#items.clear();
    this.#items.set(id, { at: performance.now(), item });
    return item;
  }

  details(id: string): JobDetails {
    const job = this.#get(id);
    return jobDetails(job, jobView(this.#engine, job));
  }

  /** One page of raw output; cut at a character's border. */
  page(id: string, { source, from, maxBytes, tail }: PageRequest): InspectedPage {
    const ended = isComplete(this.#get(id), source); // before the output: all until then is read
    const path = this.#pathOf(id, source);
    const page = tail ? readTail(path, maxBytes, ended) : readPage(path, from, maxBytes, ended);
    return { ...page, ended };
  }

  /** As a person would read it: redraws folded, escapes removed. */
  async plainPage(id: string, request: PageRequest): Promise<string> {
    return cleanLongText(decodeUtf8(this.page(id, request).bytes));
  }

  /** Exactly these bytes, as far as they are there, wherever characters end. */
  bytes(id: string, source: OutputSource, from: number, length: number): Uint8Array {
    return readBytes(this.#pathOf(this.#get(id).id, source), from, length);
  }

  /** Of one stream, right now. */
  size(id: string, source: OutputSource): number {
    return readPage(this.#pathOf(this.#get(id).id, source), 0, 0, true).size;
  }

  /** For followers of lists; to be closed. */
  watchList(): ListWatch {
    return new ListWatch(dirname(this.#engine.snapshotPath));
  }

  /** @throws JobError invalid_request when the cursor lies behind the end of the output */
  checkCursor(id: string, cursor: Cursor): void {
    const sizes = outputSizes(folderOf(this.#engine, this.#get(id).id));
    if (cursor.stdout <= sizes.stdout && cursor.stderr <= sizes.stderr) return;
    throw invalid(
      'cursor',
      `${shown(encodeCursor(cursor))} lies behind the end of the output, ${encodeCursor(sizes)}.`,
      'Pass one that an earlier reply for this job gave.',
    );
  }

  search(id: string, request: MatchRequest): Promise<SearchMatches> {
    return searchMatches(this.#pathOf(this.#get(id).id, request.stream), request);
  }

  /** @throws JobError job_not_running, unavailable */
  async usage(id: string): Promise<UsageSample> {
    return this.#usage.sample(this.#get(id));
  }

  async artifacts(id: string): Promise<ArtifactList> {
    return listArtifacts(folderOf(this.#engine, this.#get(id).id));
  }

  /** Null for what is not a plain file of the job. The caller closes it. */
  openArtifact(id: string, name: string): OpenArtifact | null {
    return openArtifact(folderOf(this.#engine, this.#get(id).id), name);
  }

  source(id: string): JobSource {
    return readSource(this.#get(id), folderOf(this.#engine, id), LARGEST_SHOWN_SOURCE);
  }

  #pathOf(id: string, source: OutputSource): string {
    const folder = folderOf(this.#engine, id);
    return source === 'environment' ? folder.environmentLog : folder[source];
  }
}

/** An environment is built before the script starts. */
function isComplete(job: Job, source: OutputSource): boolean {
  return hasEnded(job) || (source === 'environment' && phaseOf(job.state) === 'running');
}

/** The part of the door that people look through: one job or many, in every detail, read only. */
import { dirname } from 'node:path';
import type { JobOutputInput, ListForPeopleInput } from '../contract/inputs.ts';
import type { ArtifactList, JobSource, UsageSample } from '../contract/replies/files-and-usage.ts';
import type { JobDetails, JobItem } from '../contract/replies/one-job.ts';
import type { JobCounts, JobListing } from '../contract/replies/lists.ts';
import type { SearchReply } from '../contract/replies/pages-and-matches.ts';
import type { Job } from '../core/job.ts';
import { Newest } from '../core/newest.ts';
import { listArtifacts, openArtifact, type OpenArtifact } from './artifacts/artifacts.ts';
import { readArtifact, type ShownArtifact } from './artifacts/read-artifact.ts';
import { DEFAULT_PAGE_BYTES } from './read/text-page.ts';
import { invalid, shown } from '../core/job-error.ts';
import { countJobs, listJobs } from './views/list-jobs.ts';
import { type Engine, folderOf } from './context/job-context.ts';
import type { EndRecorder } from './run/record-end.ts';
import { idNamed } from './views/id-named.ts';
import { jobDetails } from './views/job-details.ts';
import { readSource } from './views/job-source.ts';
import { ListWatch } from './watch/list-watch.ts';
import { jobItem, jobView } from './views/job-view.ts';
import {
  type KnownPlace,
  type LinePlace,
  placeOfLine,
  type Wanted,
} from '../output/search/line-place.ts';
import type { Stream } from '../output/files/job-folder.ts';
import { OutputInspection } from './read/pages.ts';
import { type MatchRequest, searchMatches } from './read/search-matches.ts';
import { usualSeconds } from './views/usual-seconds.ts';
import { wholeSessionView } from './sessions/session-view.ts';
import { stackOf } from './views/stack.ts';
import { UsageSampler } from './views/usage.ts';

const LARGEST_SHOWN_SOURCE = 1024 * 1024;

/** Of one call: whoever wants to know more asks again. */
const LONGEST_COUNT_MS = 1_000;
const FRESH_MS = 200;
const MOST_ITEMS = 256;

export class Inspection {
  readonly output: OutputInspection;
  readonly #engine: Engine;
  readonly #recorder: EndRecorder;
  /** @throws JobError unknown_job */
  readonly #get: (id: string) => Job;
  readonly #usage: UsageSampler;
  readonly #items = new Newest<string, { at: number; item: JobItem }>(MOST_ITEMS);

  constructor(engine: Engine, recorder: EndRecorder, get: (id: string) => Job) {
    this.#engine = engine;
    this.#recorder = recorder;
    this.#get = get;
    this.#usage = new UsageSampler(engine);
    this.output = new OutputInspection(engine, get);
  }

  /** The job of this name ("last", "@2", a label); null when it is none. @throws JobError as idNamed */
  idNamed(word: string): string | null {
    return idNamed(this.#engine, word);
  }

  list(input: ListForPeopleInput): JobListing {
    return listJobs(this.#engine, this.#recorder, input);
  }

  counts(): JobCounts {
    return countJobs(this.#engine);
  }

  /** As in a list; at most a fifth of a second old, for many followers ask at once. */
  item(id: string): JobItem {
    const known = this.#items.get(id);
    if (known && performance.now() - known.at < FRESH_MS) return known.item;
    const item = jobItem(this.#engine, this.#get(id));
    this.#items.set(id, { at: performance.now(), item });
    return item;
  }

  details(id: string): JobDetails {
    const job = this.#get(id);
    const details = jobDetails(job, jobView(this.#engine, job));
    if (!job.request.session) return details;
    return { ...details, session: wholeSessionView(job, folderOf(this.#engine, job.id)) };
  }

  /** How long its script ran before; null when it never did. */
  usualSeconds(id: string): number | null {
    return usualSeconds(this.#engine, this.#get(id));
  }

  /** For followers of lists; to be closed. */
  watchList(): ListWatch {
    return new ListWatch(dirname(this.#engine.snapshotPath));
  }

  search(id: string, request: MatchRequest): Promise<SearchReply> {
    return searchMatches(folderOf(this.#engine, this.#get(id).id)[request.stream], request);
  }

  /** @param known a line whose place is known, to count from */
  line(id: string, stream: Stream, wanted: Wanted, known: KnownPlace): Promise<LinePlace> {
    const path = folderOf(this.#engine, this.#get(id).id)[stream];
    return placeOfLine(path, wanted, known, performance.now() + LONGEST_COUNT_MS);
  }

  /** @throws JobError job_not_running, unavailable */
  async usage(id: string): Promise<UsageSample> {
    return this.#usage.sample(this.#get(id));
  }

  /** Where its Python code is. @throws JobError job_not_running, unavailable */
  stack(id: string): Promise<string> {
    return stackOf(this.#engine, this.#get(id));
  }

  async artifacts(id: string): Promise<ArtifactList> {
    return listArtifacts(folderOf(this.#engine, this.#get(id).id));
  }

  /** @throws JobError invalid_request that lists what there is */
  readArtifact(input: JobOutputInput & { artifact: string }): Promise<ShownArtifact> {
    const job = this.#get(input.job_id);
    const { artifact: name, tail = false, max_bytes: maxBytes = DEFAULT_PAGE_BYTES } = input;
    const from = offsetIn(input.cursor);
    return readArtifact(job, folderOf(this.#engine, job.id), { name, from, maxBytes, tail });
  }

  /** Null for what is not a plain file of the job. The caller closes it. */
  openArtifact(id: string, name: string): OpenArtifact | null {
    return openArtifact(folderOf(this.#engine, this.#get(id).id), name);
  }

  source(id: string): JobSource {
    const { scriptPath } = this.#get(id).request;
    return readSource(scriptPath, folderOf(this.#engine, id), LARGEST_SHOWN_SOURCE);
  }
}

/** Of an artifact, cursors are offsets. */
function offsetIn(cursor: string = '0'): number {
  if (/^\d{0,15}$/.test(cursor)) return Number(cursor);
  throw invalid(
    'cursor',
    `${shown(cursor)} is no offset in a file.`,
    'Pass that of an earlier reply.',
  );
}

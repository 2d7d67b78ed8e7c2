/** What the API replies, by the names that the dashboard has for it. */
import type * as z from 'zod';
import type { CancelReply } from '../../contract/replies/control.ts';
import type { ArtifactList, JobSource, StackText } from '../../contract/replies/files-and-usage.ts';
import type { JobItem } from '../../contract/replies/one-job.ts';
import type { CellsReply } from '../../contract/replies/session.ts';
import type { JobListing } from '../../contract/replies/lists.ts';
import type {
  LineReply,
  SearchMatch,
  SearchReply,
  Segment,
} from '../../contract/replies/pages-and-matches.ts';
import type { ScriptReply, ScriptView } from '../../contract/replies/script.ts';

export type { CellView } from '../../contract/replies/session.ts';
export type { Artifact, UsageSample } from '../../contract/replies/files-and-usage.ts';
export type { JobDetails, JobItem, JobView, Progress } from '../../contract/replies/one-job.ts';
export type { OrderedPage, Segment, StreamPage } from '../../contract/replies/pages-and-matches.ts';
export type JobList = JobListing;
export type CellPage = CellsReply;
export type Stack = StackText;
export type Status = JobItem['status'];
export type SearchPage = SearchReply;
export type Match = SearchMatch;
export type LinePlace = LineReply;
export type StreamName = Match['stream'];
export type Source = JobSource;
export type ArtifactPage = ArtifactList;
export type Cancelled = CancelReply;
export type ScriptInfo = ScriptView;
export type ScriptText = z.infer<typeof ScriptReply>;

/** Data of an `environment` event. */
export interface EnvironmentEvent {
  from: number;
  next: number;
  text?: string | undefined;
}

/** Data of an `output` event. */
export type OutputEvent = Segment;

export const STATUSES: readonly Status[] = [
  'running',
  'pending',
  'completed',
  'failed',
  'cancelled',
];

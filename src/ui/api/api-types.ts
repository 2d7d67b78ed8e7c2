/** What the API replies: derived from the schemas that the server documents, so neither can drift. */
import type * as z from 'zod';
import type {
  ArtifactsReply,
  CancelReply,
  JobDetailsReply,
  JobListReply,
  JobReply,
  OrderedPageReply,
  ScriptReply,
  ScriptsReply,
  SearchReply,
  SourceReply,
  StreamPageReply,
  UsageReply,
} from '../../http/wire/reply-schemas.ts';

export type JobList = z.infer<typeof JobListReply>;
export type JobItem = JobList['jobs'][number];
export type JobView = z.infer<typeof JobReply>['job'];
export type JobDetails = z.infer<typeof JobDetailsReply>['job'];
export type Status = JobItem['status'];
export type Progress = NonNullable<JobItem['progress']>;
export type StreamPage = z.infer<typeof StreamPageReply>;
export type OrderedPage = z.infer<typeof OrderedPageReply>;
export type Segment = OrderedPage['segments'][number];
export type SearchPage = z.infer<typeof SearchReply>;
export type Match = SearchPage['matches'][number];
export type StreamName = Match['stream'];
export type Source = z.infer<typeof SourceReply>;
export type UsageSample = z.infer<typeof UsageReply>;
export type ArtifactPage = z.infer<typeof ArtifactsReply>;
export type Artifact = ArtifactPage['artifacts'][number];
export type Cancelled = z.infer<typeof CancelReply>;
export type ScriptInfo = z.infer<typeof ScriptsReply>['scripts'][number];
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

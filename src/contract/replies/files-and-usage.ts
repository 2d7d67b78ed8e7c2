/** What people look at beside output: the script, what it uses, the files it left. */
import * as z from 'zod';
import { bytes, flag, named, seconds, text, time } from './fields.ts';

export const SourceReply = named('SourceReply', 'The text of a script, as it is now.', {
  path: text.nullable().describe('Null when the code was given inline.'),
  source: text.nullable().describe('Null when the file is gone.'),
  truncated: flag.describe('Only the beginning is given.'),
});

export const UsageReply = named('UsageReply', 'What the processes of a job use right now.', {
  at: time.describe('When it was looked at.'),
  cpu_percent: z
    .number()
    .nullable()
    .describe('Since the question before, 100 = one processor; null the first time.'),
  cpu_seconds: seconds.describe('Processor time so far, seconds.'),
  rss_bytes: bytes.describe('Memory.'),
  processes: z.int().min(0).describe('How many they are.'),
});

export const StackReply = named('StackReply', 'Where the Python code of a job is right now.', {
  stack: text.describe('All threads and waiting tasks, the most recent call first.'),
});

export const Artifact = named('Artifact', 'A file that a job left for its readers.', {
  name: text.describe('Path inside the artifacts folder, with "/".'),
  bytes: bytes.describe('Its size.'),
  modified_at: time.describe('When it was written.'),
  media_type: text.describe('As it is sent.'),
});

export const ArtifactsReply = named('ArtifactsReply', 'Files that a job left, by name.', {
  artifacts: z.array(Artifact).describe('At most 1,000.'),
  truncated: flag.describe('There are more than are listed.'),
});

export type JobSource = z.infer<typeof SourceReply>;
export type StackText = z.infer<typeof StackReply>;
export type UsageSample = z.infer<typeof UsageReply>;
export type Artifact = z.infer<typeof Artifact>;
export type ArtifactList = z.infer<typeof ArtifactsReply>;

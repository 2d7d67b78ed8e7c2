/** What the HTTP server says about itself and its home, and how it refuses. */
import * as z from 'zod';
import { bytes, flag, named, names, processId, text, time } from './fields.ts';
import { Counts } from './lists.ts';

export const Environment = named('Environment', 'A cached environment.', {
  key: text.describe('Its name in the cache.'),
  description: text.nullable().describe('What was asked for; null while it is being built.'),
  python_version: text.nullable().describe('Its version of Python.'),
  interpreter: text.nullable().describe('Path of its interpreter.'),
  resolved_dependencies: names.describe('Pinned packages.'),
  last_used_at: time.describe('When a job started in it last.'),
  size_bytes: bytes.describe('Disk space.'),
  in_use: flag.describe('A job that has not ended needs it.'),
});

export const EnvironmentsReply = named('EnvironmentsReply', 'Cached environments of the home.', {
  environments: z.array(Environment).describe('The most recently used first.'),
});

export const HealthReply = named('HealthReply', 'How the server does.', {
  status: z.literal('ok').describe('Always ok.'),
  version: text.describe('Of python-mcp.'),
  home: text.describe('Its home folder.'),
  pid: processId.describe('Id of its process.'),
  uptime_seconds: z.int().min(0).describe('Seconds since it started.'),
  jobs: Counts.describe('Of the whole home.'),
  streams: z.int().min(0).describe('Live connections.'),
  memory_bytes: bytes.describe('Memory it uses.'),
});

export const OpenApiReply = z.looseObject({ openapi: text.describe('Version of OpenAPI.') });

export const Problem = named('Problem', 'What was wrong and what to do next (RFC 9457).', {
  type: text.describe('urn:python-mcp:problem: and the code.'),
  title: text.describe('The code in words.'),
  status: z.int().describe('HTTP status.'),
  detail: text.describe('What was wrong and what to do next.'),
  code: text.describe('To be compared with.'),
});

export type EnvironmentView = z.infer<typeof Environment>;

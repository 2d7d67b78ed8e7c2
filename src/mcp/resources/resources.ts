/** Jobs as MCP resources: what there is, as clients are told. The engine reads it. */
import {
  type CompleteResourceTemplateCallback,
  type McpServer,
  ResourceTemplate,
} from '@modelcontextprotocol/server';
import { resultOf } from '../engine/answer.ts';
import type { McpEngine } from '../engine/engine.ts';

type Open = () => Promise<McpEngine>;

const STREAM = 'job-stream://{job_id}';
const ARTIFACT = 'job://{id}/artifacts/{name}';

export function registerResources(server: McpServer, open: Open): void {
  const read = async ({ href }: URL) => resultOf(await (await open()).readResource(href));
  const jobId = async (prefix: string) => (await open()).completeJobId(prefix);
  const register = (
    name: string,
    uri: string,
    config: { title: string; description?: string; mimeType?: string },
    complete: Record<string, CompleteResourceTemplateCallback>,
  ): void => {
    const template = new ResourceTemplate(uri, { list: undefined, complete });
    server.registerResource(name, template, config, read);
  };
  register('job-stream', STREAM, BOTH_STREAMS, { job_id: jobId });
  const list = { title: 'The newest jobs', mimeType: 'application/json' };
  server.registerResource('jobs', 'job://list', list, read);
  for (const stream of ['stdout', 'stderr']) {
    const title = `What a job has written to ${stream} so far: beginning and end`;
    const config = { title, mimeType: 'text/plain' };
    register(`job-${stream}`, `job://{id}/${stream}`, config, { id: jobId });
  }
  const made = { title: 'A file that a job made' };
  register('job-artifact', ARTIFACT, made, {
    id: jobId,
    name: async (prefix, context) =>
      (await open()).completeArtifact(context?.arguments?.['id'] ?? '', prefix),
  });
}

const BOTH_STREAMS = {
  title: 'Output of a job so far',
  description: 'Both streams of a job as bounded text.',
  mimeType: 'text/plain',
};

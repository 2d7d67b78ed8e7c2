/** Jobs as MCP resources. */
import { type McpServer, ResourceTemplate } from '@modelcontextprotocol/server';
import type { JobService } from '../../jobs/job-service.ts';
import { registerJobResources } from './job-resources.ts';

export function registerResources(server: McpServer, open: () => Promise<JobService>): void {
  const template = new ResourceTemplate('job-stream://{job_id}', {
    list: undefined,
    complete: { job_id: async (prefix) => (await open()).completeId(prefix) },
  });
  server.registerResource(
    'job-stream',
    template,
    {
      title: 'Output of a job so far',
      description: 'Both streams of a job as bounded text.',
      mimeType: 'text/plain',
    },
    async (uri, { job_id: id }) => {
      const text = snapshotOf(await open(), String(id));
      return { contents: [{ uri: uri.href, mimeType: 'text/plain', text }] };
    },
  );
  registerJobResources(server, open);
}

function snapshotOf(jobs: JobService, id: string): string {
  const { partial_stdout: stdout, partial_stderr: stderr } = jobs.partialOutput(id);
  return `---STDOUT---\n${stdout}\n---STDERR---\n${stderr}\n`;
}

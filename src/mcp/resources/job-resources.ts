/** The list of jobs, their output and what they made, as MCP resources. */
import { shortList } from '../replies/short-list.ts';
import {
  type McpServer,
  ProtocolError,
  ProtocolErrorCode,
  ResourceTemplate,
  type ReadResourceResult,
  type Variables,
} from '@modelcontextprotocol/server';
import type { JobService } from '../../jobs/job-service.ts';

type Open = () => Promise<JobService>;

const NEWEST = 50;
/** Base64 makes 700 KB of it. */
const LARGEST_BLOB = 525_000;

export function registerJobResources(server: McpServer, open: Open): void {
  registerList(server, open);
  registerOutput(server, open, 'stdout');
  registerOutput(server, open, 'stderr');
  registerArtifacts(server, open);
}

function registerList(server: McpServer, open: Open): void {
  const config = { title: 'The newest jobs', mimeType: 'application/json' };
  server.registerResource('jobs', 'job://list', config, async ({ href: uri }) => {
    const text = JSON.stringify(shortList((await open()).inspect.list({ limit: NEWEST })));
    return { contents: [{ uri, mimeType: config.mimeType, text }] };
  });
}

function registerOutput(server: McpServer, open: Open, stream: 'stdout' | 'stderr'): void {
  const complete = { id: async (prefix: string) => (await open()).completeId(prefix) };
  const template = new ResourceTemplate(`job://{id}/${stream}`, { list: undefined, complete });
  const title = `What a job has written to ${stream} so far: beginning and end`;
  const config = { title, mimeType: 'text/plain' };
  server.registerResource(`job-${stream}`, template, config, ({ href: uri }, { id }) =>
    answered(async () => {
      const text = (await open()).partialOutput(String(id))[`partial_${stream}`];
      return { contents: [{ uri, mimeType: config.mimeType, text }] };
    }),
  );
}

function registerArtifacts(server: McpServer, open: Open): void {
  const complete = {
    id: async (prefix: string) => (await open()).completeId(prefix),
    name: async (prefix: string, context?: { arguments?: Record<string, string> }) =>
      artifactNames(await open(), context?.arguments?.['id'] ?? '', prefix),
  };
  const template = new ResourceTemplate('job://{id}/artifacts/{name}', {
    list: undefined,
    complete,
  });
  const config = { title: 'A file that a job made' };
  server.registerResource('job-artifact', template, config, ({ href }, variables) =>
    answered(async () => readArtifact(await open(), href, variables)),
  );
}

function readArtifact(jobs: JobService, uri: string, variables: Variables): ReadResourceResult {
  const id = String(variables['id']);
  const name = decoded(String(variables['name']));
  const file = name === null ? null : jobs.inspect.openArtifact(id, name);
  if (!file) {
    throw refused(
      `Job ${id} has no artifact ${JSON.stringify(name)}: only regular files are given, no links. ` +
        'The result of the job lists them.',
    );
  }
  try {
    if (file.bytes > LARGEST_BLOB) {
      throw refused(
        `${file.name} has ${file.bytes} bytes, and a reply takes ${LARGEST_BLOB}. ` +
          `Read it from disk: ${file.path}`,
      );
    }
    const blob = Buffer.from(file.read(0, file.bytes)).toString('base64');
    return { contents: [{ uri, mimeType: file.mediaType, blob }] };
  } finally {
    file.close();
  }
}

/** Null for what no address of ours has. */
function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}

async function artifactNames(jobs: JobService, id: string, prefix: string): Promise<string[]> {
  try {
    const { artifacts } = await jobs.inspect.artifacts(id);
    return artifacts.map(({ name }) => name).filter((name) => name.startsWith(prefix));
  } catch {
    return []; // no such job
  }
}

/** What the caller got wrong is told as such, with our sentence. */
async function answered(work: () => Promise<ReadResourceResult>): Promise<ReadResourceResult> {
  try {
    return await work();
  } catch (error) {
    // Not by instanceof: the engine is a bundle of its own, with a class of its own.
    if (error instanceof Error && error.name === 'JobError') throw refused(error.message);
    throw error;
  }
}

function refused(message: string): ProtocolError {
  return new ProtocolError(ProtocolErrorCode.InvalidParams, message);
}

/** What is at the address of a resource: the list of jobs, their output and what they made. */
import type { ReadResourceResult } from '@modelcontextprotocol/server';
import { JobError, shown } from '../../core/job-error.ts';
import type { JobService } from '../../jobs/job-service.ts';
import { shortList } from '../replies/short-list.ts';
import { type Address, parseAddress } from './address.ts';

const NEWEST = 50;
/** Base64 makes 700 KB of it. */
const LARGEST_BLOB = 525_000;

type Found = { mimeType: string } & ({ text: string } | { blob: string });

/** @throws JobError for an address that names nothing, or more than a reply takes */
export function readResource(jobs: JobService, uri: string): ReadResourceResult {
  return { contents: [{ uri, ...find(jobs, withWholeId(jobs, parseAddress(uri))) }] };
}

/** The beginning of an id will do. */
function withWholeId(jobs: JobService, address: Address): Address {
  return 'id' in address ? { ...address, id: jobs.idOf(address.id) } : address;
}

function find(jobs: JobService, address: Address): Found {
  switch (address.of) {
    case 'list': {
      const text = JSON.stringify(shortList(jobs.inspect.list({ limit: NEWEST })));
      return { mimeType: 'application/json', text };
    }
    case 'output':
      return plain(jobs.read.partialOutput(address.id)[`partial_${address.stream}`]);
    case 'both streams': {
      const { partial_stdout: stdout, partial_stderr: stderr } = jobs.read.partialOutput(
        address.id,
      );
      return plain(`---STDOUT---\n${stdout}\n---STDERR---\n${stderr}\n`);
    }
    case 'artifact':
      return readArtifact(jobs, address.id, address.name);
  }
}

function plain(text: string): Found {
  return { mimeType: 'text/plain', text };
}

function readArtifact(jobs: JobService, id: string, name: string): Found {
  const file = jobs.inspect.openArtifact(id, name);
  if (!file) {
    throw refused(
      `Job ${id} has no artifact ${shown(name)}: only regular files are given, no links. ` +
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
    return { mimeType: file.mediaType, blob };
  } finally {
    file.close();
  }
}

/** Names of files that a job made. */
export async function completeArtifact(
  jobs: JobService,
  jobId: string,
  prefix: string,
): Promise<string[]> {
  try {
    const { artifacts } = await jobs.inspect.artifacts(jobId);
    return artifacts.map(({ name }) => name).filter((name) => name.startsWith(prefix));
  } catch {
    return []; // no such job
  }
}

function refused(sentence: string): JobError {
  return new JobError('invalid_request', sentence);
}

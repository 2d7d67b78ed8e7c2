/** Addresses of resources, and what they name. */
import { JobError, shown } from '../../core/job-error.ts';

export type Address =
  | { of: 'list' }
  | { of: 'output'; id: string; stream: 'stdout' | 'stderr' }
  | { of: 'both streams'; id: string }
  | { of: 'artifact'; id: string; name: string };

const BOTH_STREAMS = /^job-stream:\/\/([^/]+)$/;
const OUTPUT = /^job:\/\/([^/]+)\/(stdout|stderr)$/;
const ARTIFACT = /^job:\/\/([^/]+)\/artifacts\/([^/]+)$/;

/** @throws JobError invalid_request */
export function parseAddress(uri: string): Address {
  if (uri === 'job://list') return { of: 'list' };
  const [, streamed] = BOTH_STREAMS.exec(uri) ?? [];
  if (streamed !== undefined) return { of: 'both streams', id: streamed };
  const [, printed, stream] = OUTPUT.exec(uri) ?? [];
  if (printed !== undefined) return { of: 'output', id: printed, stream: stream as 'stdout' };
  const [, maker, name] = ARTIFACT.exec(uri) ?? [];
  if (maker !== undefined) return { of: 'artifact', id: maker, name: decoded(name ?? '') };
  throw new JobError(
    'invalid_request',
    `There is no resource ${shown(uri)}: they are job://list, and of a job ` +
      'job://ID/stdout, job://ID/stderr, job-stream://ID and job://ID/artifacts/NAME.',
  );
}

/** As it stands where it is no address of ours: then nothing is found by that name. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

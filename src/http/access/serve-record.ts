/**
 * meta/serve.json: where the server of this home runs and with which token, for its user's own
 * programs. Only one server may hold it; one left by a dead process is taken over.
 */
import { isPidFileHeld, type PidFile, readPidFile, takePidFile } from '../../os/pid-file.ts';

export interface ServeRecord {
  url: string;
  token: string;
  /** Identity of the serving process: pid, start time, boot and namespace. */
  process: string;
}

/** Null while another server holds it. */
export function claimServeRecord(
  path: string,
  own: Pick<ServeRecord, 'url' | 'token'>,
): PidFile | null {
  return takePidFile(path, own);
}

/** Of the server that runs, or may run where it cannot be seen; null when there is none. */
export function readServeRecord(path: string): ServeRecord | null {
  const { url, token, process } = readPidFile(path) ?? {};
  if (typeof url !== 'string' || typeof token !== 'string' || typeof process !== 'string')
    return null;
  return isPidFileHeld(path) ? { url, token, process } : null;
}

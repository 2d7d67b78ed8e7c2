/**
 * The reader that a client is when it names none: its session. Two clients that look at one job do not
 * take each other's output; a client whose server was started anew goes on where it was.
 */
import { probeText } from '../../os/process-identity.ts';

/** No caller's name begins so by accident. */
const MARK = '@';
const BORDER = '|';

/** @param server identity of the process that serves the session */
export function sessionReader(client: string, server: string): string {
  return `${MARK}${client.replaceAll(BORDER, ' ')}${BORDER}${server}`;
}

/** Whether `earlier` was a session of the same client, whose server is gone. */
export function isContinued(earlier: string, reader: string): boolean {
  const border = reader.indexOf(BORDER);
  if (!reader.startsWith(MARK) || border < 0 || earlier === reader) return false;
  const client = reader.slice(0, border + 1);
  return earlier.startsWith(client) && probeText(earlier.slice(client.length)) !== 'alive';
}

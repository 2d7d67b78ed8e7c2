/** Leaves out what a client of an earlier protocol revision would refuse a whole reply for. */
import type { CallToolResult } from '@modelcontextprotocol/server';

const LINKS_SINCE = '2025-06-18';

/** `revision` is a date, as the protocol names them; not known means newer than links. */
export function forRevision(reply: CallToolResult, revision: string = LINKS_SINCE): CallToolResult {
  if (revision >= LINKS_SINCE) return reply;
  return { ...reply, content: reply.content.filter(({ type }) => type !== 'resource_link') };
}

/** `/mcp`: the protocol answers, in its own words, what the guard has let through. */
import type { Context } from 'hono';
import type { Services } from '../live/services.ts';

export const MCP_PATH = '/mcp';
export const MCP_METHODS = ['GET', 'POST', 'DELETE'];

export async function mcpReply(
  context: Context,
  { mcp, metrics }: Pick<Services, 'mcp' | 'metrics'>,
): Promise<Response> {
  const reply = await mcp.answer(context.req.raw);
  metrics.count(context.req.method, MCP_PATH, reply.status);
  return reply;
}

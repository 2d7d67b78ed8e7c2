/** A cell of a session: waited for within the call, with its pictures. */
import type { CallToolResult } from '@modelcontextprotocol/server';
import type { SessionRunInput } from '../../contract/inputs.ts';
import { withArtifacts } from './show-artifacts.ts';
import type { ToolContext } from './tool.ts';

export async function runCell(
  input: SessionRunInput,
  context: ToolContext,
): Promise<CallToolResult> {
  const { jobs, client, request } = context;
  const origin = { tool: 'py_session_run', client };
  const reply = await jobs.sessions.run(input, origin, request.mcpReq.signal);
  const put = (artifacts: typeof reply.artifacts): object =>
    artifacts ? { ...reply, artifacts } : reply;
  return withArtifacts(reply.job_id, reply.artifacts, put, context);
}

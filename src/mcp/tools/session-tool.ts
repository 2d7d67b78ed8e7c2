/** A cell of a session: waited for within the call, with its pictures. */
import type { CallToolResult } from '@modelcontextprotocol/server';
import type { JobOutputInput, SessionRunInput } from '../../contract/inputs.ts';
import { text } from './present.ts';
import { picturesOf, withArtifacts } from './show-artifacts.ts';
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

/** Of an earlier cell: what it printed, its value, its figures. */
export async function showCell(
  input: JobOutputInput & { cell: number },
  context: ToolContext,
): Promise<CallToolResult> {
  const { jobs, request } = context;
  const { text: said, artifacts } = await jobs.sessions.output(input, request.mcpReq.signal);
  const { content } = text(said);
  return { content: [...content, ...(await picturesOf(input.job_id, artifacts, context))] };
}

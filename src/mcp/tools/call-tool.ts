/** Carries a tool call out: arguments checked in our own words, problems turned into results. */
import type { CallToolResult } from '@modelcontextprotocol/server';
import { describeInputIssue } from '../../contract/inputs.ts';
import { JobError } from '../../core/job-error.ts';
import { problem } from './present.ts';
import type { Tool, ToolContext } from './tool.ts';
import { tools } from './tools.ts';

const byName = new Map(tools.map((tool) => [tool.name, tool]));

/** `reportFault` is called for faults of ours, which the caller sees as a short sentence. */
export async function callTool(
  name: string,
  args: unknown,
  context: ToolContext,
  reportFault: (error: unknown) => void,
): Promise<CallToolResult> {
  try {
    const tool = byName.get(name);
    if (!tool) throw new JobError('invalid_request', `There is no tool ${name}.`);
    return await tool.handle(checked(tool, args), context);
  } catch (error) {
    return problem(error, reportFault);
  }
}

/** @throws JobError invalid_request with one sentence per wrong parameter */
function checked(tool: Tool, args: unknown): unknown {
  const parsed = tool.input.safeParse(args ?? {}, { error: describeInputIssue });
  if (parsed.success) return parsed.data;
  // One sentence per parameter: the last is the limit of ours, not the type's.
  const said = new Map(parsed.error.issues.map((issue) => [issue.path.join('.'), issue.message]));
  throw new JobError('invalid_request', [...said.values()].join(' '));
}

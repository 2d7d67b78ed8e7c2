/** Carries a tool call out: arguments checked in our own words, problems turned into results. */
import type { CallToolResult } from '@modelcontextprotocol/server';
import { readInput } from '../../contract/read-input.ts';
import { JobError } from '../../core/job-error.ts';
import { problem, withNotes } from './present.ts';
import { forEveryHost } from './show-artifacts.ts';
import type { ToolContext } from './tool.ts';
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
    const { input, notes } = readInput(tool.input, args);
    const reply = await tool.handle(withWholeId(input, context), context);
    if (typeof reply['taskId'] === 'string') context.taskNotes.set(reply['taskId'], notes);
    return forEveryHost(withNotes(reply, notes));
  } catch (error) {
    return problem(error, reportFault);
  }
}

/** Models shorten what they have to repeat: the beginning of an id will do. */
function withWholeId(input: Record<string, unknown>, { jobs }: ToolContext): typeof input {
  const { job_id: given } = input;
  return typeof given === 'string' ? { ...input, job_id: jobs.idOf(given) } : input;
}

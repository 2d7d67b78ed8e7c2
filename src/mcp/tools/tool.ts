/** What a tool is: one literal with its schema and its handler. */
import type { CallToolResult, ToolAnnotations } from '@modelcontextprotocol/server';
import type * as z from 'zod';
import type { Newest } from '../../core/newest.ts';
import type { JobService } from '../../jobs/job-service.ts';
import type { ScriptLibrary } from '../../jobs/scripts/script-library.ts';
import type { ToolCall } from '../engine/engine.ts';
import type { ToldEnds } from './told-ends.ts';

/** What handlers need beside their arguments. */
export interface ToolContext extends ToolCall {
  jobs: JobService;
  scripts: ScriptLibrary;
  toldEnds: ToldEnds;
  /** By task: what there was to say about the arguments, until there is a result to say it in. */
  taskNotes: Newest<string, readonly string[]>;
  /** Whose read position it is, where the caller names no reader. */
  session: string;
  /** How long a synchronous call waits before the run moves to the background. */
  budgetMs: number;
}

export interface Tool<Schema extends z.ZodObject = z.ZodObject> {
  name: string;
  title: string;
  description: string;
  input: Schema;
  /** For hosts that load tools late. */
  meta?: { 'anthropic/alwaysLoad'?: true; 'anthropic/searchHint'?: string };
  annotations: Required<Omit<ToolAnnotations, 'title'>>;
  handle(input: z.infer<Schema>, context: ToolContext): Promise<CallToolResult>;
}

/** Only fixes the type of `input` in `handle`. */
export function defineTool<Schema extends z.ZodObject>(tool: Tool<Schema>): Tool {
  return tool as unknown as Tool;
}

/**
 * What the caller is held to know from now on. To be called when nothing can fail any more: instead of
 * the reply a problem would be delivered. `act` does not throw.
 */
export function whenDelivered({ delivered }: ToolContext, act: () => void): void {
  void delivered.then((isDelivered) => isDelivered && act());
}

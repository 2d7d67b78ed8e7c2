/** What a tool is: one literal with its schema and its handler, registered in one place. */
import type {
  CallToolResult,
  McpServer,
  ServerContext,
  StandardSchemaWithJSON,
  ToolAnnotations,
} from '@modelcontextprotocol/server';
import type * as z from 'zod';
import { describeInputIssue } from '../contract.ts';
import type { JobService } from '../jobs/job-service.ts';
import type { ScriptLibrary } from '../jobs/script-library.ts';
import { problem } from './present.ts';

/** What handlers need beside their arguments. */
export interface ToolContext {
  jobs: JobService;
  scripts: ScriptLibrary;
  /** How long a synchronous call waits before the run moves to the background. */
  budgetMs: number;
  /** Runs whose caller still waits; ended when nobody can collect them any more. */
  waiting: Set<string>;
  request: ServerContext;
  /** Called for faults of ours, which the caller sees as a short sentence. */
  reportFault(error: unknown): void;
}

export interface Tool<Schema extends z.ZodType = z.ZodType> {
  name: string;
  title: string;
  description: string;
  input: Schema;
  annotations: Required<Omit<ToolAnnotations, 'title'>>;
  handle(input: z.infer<Schema>, context: ToolContext): Promise<CallToolResult>;
}

/** Only fixes the type of `input` in `handle`. */
export function defineTool<Schema extends z.ZodType>(tool: Tool<Schema>): Tool {
  return tool as unknown as Tool;
}

export function registerTool(
  server: McpServer,
  tool: Tool,
  contextOf: (request: ServerContext) => ToolContext,
): void {
  const { name, title, description, annotations, input } = tool;
  const config = { title, description, annotations, inputSchema: withOurMessages(input) };
  server.registerTool(name, config, async (args, request) => {
    const context = contextOf(request);
    try {
      return await tool.handle(args as never, context);
    } catch (error) {
      return problem(error, (fault) => context.reportFault(fault));
    }
  });
}

/** The schema as it is, with our sentences for what is wrong instead of the library's. */
function withOurMessages(schema: z.ZodType): StandardSchemaWithJSON {
  const standard = schema['~standard'] as StandardSchemaWithJSON['~standard'];
  return {
    '~standard': {
      ...standard,
      jsonSchema: {
        ...standard.jsonSchema,
        // The dialect is the protocol's default: naming it in every tool costs clients tokens.
        input: (options) => ({ ...standard.jsonSchema.input(options), $schema: undefined }),
      },
      validate(value) {
        const parsed = schema.safeParse(value, { error: describeInputIssue });
        if (parsed.success) return { value: parsed.data };
        // One sentence per parameter: the last is the limit of ours, not the type's.
        const said = new Map(parsed.error.issues.map((issue) => [issue.path.join('.'), issue]));
        return { issues: [...said.values()].map(({ message }) => ({ message })) };
      },
    },
  };
}

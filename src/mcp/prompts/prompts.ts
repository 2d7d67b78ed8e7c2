/** What people can ask for by name, as slash commands in their clients. */
import { completable, type GetPromptResult, type McpServer } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { resultOf } from '../engine/answer.ts';
import type { McpEngine } from '../engine/engine.ts';
import { debugJob, watchJob, writeStreamingScript } from './texts.ts';

export function registerPrompts(server: McpServer, open: () => Promise<McpEngine>): void {
  const complete = async (prefix: string) => (await open()).completeJobId(prefix);
  const ofJob = z.object({ job_id: completable(z.string().describe('Id of the job.'), complete) });
  const describe = async (id: string) => resultOf(await (await open()).describeJob(id));
  server.registerPrompt(
    'debug-job',
    {
      title: 'Debug a job',
      description: 'Find out why a job failed, and mend it.',
      argsSchema: ofJob,
    },
    async ({ job_id: id }) => asked(debugJob(id, await describe(id))),
  );
  server.registerPrompt(
    'watch-job',
    {
      title: 'Watch a job',
      description: 'Stay with a job until it ends, and tell what it came to.',
      argsSchema: ofJob,
    },
    async ({ job_id: id }) => asked(watchJob(id, await describe(id))),
  );
  server.registerPrompt(
    'write-streaming-script',
    {
      title: 'Write a script that can be watched',
      description: 'Write a long Python script that shows how far it is, and run it.',
      argsSchema: z.object({ task: z.string().describe('What the script is to do.') }),
    },
    ({ task }) => asked(writeStreamingScript(task)),
  );
}

function asked(text: string): GetPromptResult {
  return { messages: [{ role: 'user', content: { type: 'text', text } }] };
}

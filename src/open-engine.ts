/** The engine of a server: settings, app and tools. Loaded when a client first needs it. */
import { Newest } from './core/newest.ts';
import { createApp } from './create-app.ts';
import type { App } from './jobs/app.ts';
import { answered } from './mcp/engine/answered.ts';
import type { McpEngine, ToolCall } from './mcp/engine/engine.ts';
import { describeJob } from './mcp/prompts/describe-job.ts';
import { completeArtifact, readResource } from './mcp/resources/read-resource.ts';
import { watchResource } from './mcp/resources/watch-resource.ts';
import { cancelTask, readTask } from './mcp/tasks/task-of-job.ts';
import { callTool } from './mcp/tools/call-tool.ts';
import { presentEnd } from './mcp/tools/run-tool.ts';
import type { ToolContext } from './mcp/tools/tool.ts';
import { ToldEnds } from './mcp/tools/told-ends.ts';
import { readConfig } from './config/read-settings.ts';
import type { Config } from './config/settings.ts';

/** Whose notes are remembered. */
const MOST_TASKS = 1_000;

export interface ServerEngine extends McpEngine {
  app: App;
}

/** @throws JobError when the home folder or the settings cannot be used. */
export async function openEngine(env: Record<string, string | undefined>): Promise<ServerEngine> {
  const config = await readConfig(env);
  const app = createApp(config, env);
  app.hasSandbox(); // tried now, for the next server's list of tools
  return engineOn(app, config);
}

export function engineOn(app: App, config: Config): ServerEngine {
  const { jobs, scripts, log } = app;
  const toldEnds = new ToldEnds();
  const taskNotes = new Newest<string, readonly string[]>(MOST_TASKS);
  const budgetMs = config.async_timeout_seconds * 1000;
  const reportFault = (error: unknown): void => {
    log.error('a call failed', { error: error instanceof Error ? error.stack : String(error) });
  };
  const contextOf = (call: ToolCall): ToolContext => ({
    ...call,
    jobs,
    scripts,
    toldEnds,
    taskNotes,
    session: call.session ?? jobs.sessionOf(call.client),
    budgetMs,
  });
  return {
    app,
    readTask: (id, call) =>
      answered(() => readTask(jobs, id, (job) => presentEnd(job, contextOf(call), reportFault))),
    cancelTask: (id) => answered(() => cancelTask(jobs, id, reportFault)),
    readResource: (uri) => answered(() => readResource(jobs, uri)),
    watchResource: (uri, onNews, onEnd) => answered(() => watchResource(jobs, uri, onNews, onEnd)),
    describeJob: (id) => answered(() => describeJob(jobs, id)),
    completeJobId: (prefix) => jobs.completeId(prefix),
    completeArtifact: (id, prefix) => completeArtifact(jobs, id, prefix),
    callTool: (name, args, call) => callTool(name, args, contextOf(call), reportFault),
  };
}

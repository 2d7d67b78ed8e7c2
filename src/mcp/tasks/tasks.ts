/**
 * The tasks extension of 2026: a client that declares it is given a task in place of a hand-over, asks
 * for it now and then, and wakes its model at the end. The SDK knows none of its methods.
 */
import {
  CLIENT_CAPABILITIES_META_KEY,
  MissingRequiredClientCapabilityError,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server';
import * as z from 'zod';
import { resultOf } from '../engine/answer.ts';
import type { McpEngine, ToolCall } from '../engine/engine.ts';

const TASKS = 'io.modelcontextprotocol/tasks';
const DECLARED = { extensions: { [TASKS]: {} } };
const SCHEMAS = { params: z.object({ taskId: z.string() }), result: z.looseObject({}) };

interface Envelope {
  [CLIENT_CAPABILITIES_META_KEY]?: { extensions?: Record<string, unknown> };
}

/** Whether the client of a request declares the extension: said with every request since 2026. */
export function takesTasks({ mcpReq }: ServerContext): boolean {
  const { [CLIENT_CAPABILITIES_META_KEY]: declared }: Envelope = mcpReq.envelope ?? {};
  return declared?.extensions?.[TASKS] !== undefined;
}

export function registerTasks(
  { server }: McpServer,
  open: () => Promise<McpEngine>,
  callOf: (request: ServerContext) => ToolCall,
): void {
  server.registerCapabilities(DECLARED);
  server.setRequestHandler('tasks/get', SCHEMAS, async ({ taskId }, request) => {
    refuseOthers(request);
    return { ...resultOf(await (await open()).readTask(taskId, callOf(request))) };
  });
  server.setRequestHandler('tasks/cancel', SCHEMAS, async ({ taskId }, request) => {
    refuseOthers(request);
    resultOf(await (await open()).cancelTask(taskId));
    return {};
  });
  // No task of ours ever asks for anything: a script that does is answered with py_send_input.
  server.setRequestHandler('tasks/update', SCHEMAS, async ({ taskId }, request) => {
    refuseOthers(request);
    resultOf(await (await open()).describeJob(taskId));
    return {};
  });
}

function refuseOthers(request: ServerContext): void {
  if (takesTasks(request)) return;
  throw new MissingRequiredClientCapabilityError({ requiredCapabilities: DECLARED });
}

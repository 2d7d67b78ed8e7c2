/** A client of 2026 that declares the tasks extension, as far as tests need one. */
import { onTestFinished } from 'vitest';
import { spawnRawServer } from './raw-server.ts';
import { likeUsed } from './used-home.ts';
import { testHome, type TestHome } from './test-home.ts';
import { waitFor } from './wait-for.ts';
import type { Reply } from './start-server.ts';

export interface TaskClient extends TestHome {
  pid: number;
  /** What was sent without being asked for, as methods. */
  told(): string[];
  /** The result; fails the test when there is an error. */
  request(method: string, params: object): Promise<Reply>;
  /** The error; fails the test when there is a result. */
  refusal(method: string, params: object): Promise<Reply>;
  run(script: string, args?: object): Promise<Reply>;
  /** Polls until the task is no longer being worked on. */
  settled(taskId: string): Promise<Reply>;
  close(): Promise<unknown>;
}

const TASKS = 'io.modelcontextprotocol/tasks';

export function taskClient(options: { on?: TestHome; declares?: boolean } = {}): TaskClient {
  const clients: TaskClient[] = [];
  const home = options.on ?? testHome(async () => void (await clients[0]?.close()));
  if (!options.on) likeUsed(home.home);
  const server = spawnRawServer(home);
  const capabilities = options.declares === false ? {} : { extensions: { [TASKS]: {} } };
  const answer = (method: string, params: object): Promise<Reply> =>
    server.answer(method, {
      ...params,
      _meta: {
        progressToken: 'p',
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientInfo': { name: 'tests', version: '1' },
        'io.modelcontextprotocol/clientCapabilities': capabilities,
      },
    });
  const client: TaskClient = {
    ...home,
    pid: server.process.pid ?? 0,
    told: () => server.lines.map((line) => JSON.parse(line).method).filter(Boolean),
    async request(method, params) {
      const { result, error } = await answer(method, params);
      if (error) throw new Error(`${method}: ${error.message}`);
      return result;
    },
    async refusal(method, params) {
      const { result, error } = await answer(method, params);
      if (result) throw new Error(`not refused: ${JSON.stringify(result)}`);
      return error;
    },
    run: (script, args = {}) =>
      client.request('tools/call', {
        name: 'py_run_script_in_dir',
        arguments: { directory: home.work, script_content: script, ...args },
      }),
    settled: (taskId) =>
      waitFor(
        async () => {
          const task = await client.request('tasks/get', { taskId });
          return task.status !== 'working' && task;
        },
        30_000,
        `the end of task ${taskId}`,
      ),
    close() {
      server.process.stdin?.end();
      return server.exited(20_000);
    },
  };
  clients.push(client);
  if (options.on) onTestFinished(async () => void (await client.close()));
  return client;
}

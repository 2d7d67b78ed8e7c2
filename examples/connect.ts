/**
 * Connects to python-mcp as any MCP client does: start the server, speak MCP over its standard
 * input and output. Everything the examples need of the protocol is in here.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { buildIfNeeded } from '../scripts/build.ts';

/** The fields of a job that the examples look at; docs/replies.md has them all. */
export interface Job {
  id: string;
  status: 'pending' | 'running' | 'completed' | 'failed' | 'cancelled';
  /** With incremental=true: what this reader has not had yet. */
  new_stdout: string;
  new_stderr: string;
  /** Its prompt, while the script waits for input. */
  waiting_for_input?: string;
  /** The output so far; of a long one the beginning and the end. */
  partial_stdout: string;
  partial_stderr: string;
  /** What the run came to; null while it runs. */
  result: Result | null;
}

export interface Result {
  job_id: string;
  status: string;
  stdout: string;
  stderr: string;
  exit_code: number;
  elapsed_seconds: number;
}

const serverPath = fileURLToPath(new URL('../bin/python-mcp.cjs', import.meta.url));

export class PythonMcp {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Calls a tool and returns its structured result. */
  async call<T>(tool: string, args: Record<string, unknown>): Promise<T> {
    const reply = await this.#client.callTool({ name: tool, arguments: args });
    if (reply.isError) throw new Error(`${tool}: ${JSON.stringify(reply.content)}`);
    return reply.structuredContent as T;
  }

  /** Starts a script of `directory` in the background; returns its job id. */
  async start(directory: string, script: string, more: object = {}): Promise<string> {
    const { job_id: id } = await this.call<{ job_id: string }>('py_run_script_in_dir', {
      directory,
      script_path: script,
      async_mode: true,
      enable_streaming: true,
      ...more,
    });
    return id;
  }

  /**
   * What is new to us after a second, or at the end of the job. A program may ask that often; a
   * model, which pays for each call, passes `wait_seconds: 45`.
   */
  async readNew(jobId: string, more: object = {}): Promise<Job> {
    const { job } = await this.call<{ job: Job }>('py_job_status', {
      job_id: jobId,
      incremental: true,
      wait_seconds: 1,
      ...more,
    });
    return job;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.close();
  }
}

/** Servers that are given the same `home` share their jobs. */
export async function connect(home: string, name = 'python-mcp-example'): Promise<PythonMcp> {
  await buildIfNeeded();
  const client = new Client({ name, version: '1.0.0' });
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [serverPath],
      env: { ...(process.env as Record<string, string>), PYTHON_MCP_HOME: home },
    }),
  );
  return new PythonMcp(client);
}

/** A home folder that is gone afterwards. Without PYTHON_MCP_HOME jobs live in ~/.python_mcp. */
export function temporaryHome(): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), 'python-mcp-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

export function isRunning(job: Job): boolean {
  return job.status === 'pending' || job.status === 'running';
}

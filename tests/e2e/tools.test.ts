import { describe, expect, test } from 'vitest';
import { startServer } from '../support/start-server.ts';

const TOOLS = [
  'py_run_script_in_dir',
  'py_run_script_with_dependencies',
  'py_run_saved_script',
  'py_save_script',
  'py_list_scripts',
  'py_benchmark_script',
  'py_job_status',
  'py_job_output',
  'py_list_jobs',
  'py_cancel_job',
  'py_prune_jobs',
  'py_send_input',
  'py_session_run',
];

describe('the list of tools', () => {
  test('has these names in this order, within 16 KB', async () => {
    const server = await startServer({ era: 'modern' });
    const { tools } = await server.session.client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(TOOLS);
    expect(Buffer.byteLength(JSON.stringify({ tools }))).toBeLessThanOrEqual(16 * 1024);
  });

  test('gives every tool a title, four hints, and a closed schema with documented parameters', async () => {
    const server = await startServer();
    const { tools } = await server.session.client.listTools();
    for (const { name, title, description, annotations, inputSchema } of tools) {
      expect({ name, title: title ?? '', description: description ?? '' }).toEqual({
        name,
        title: expect.stringMatching(/./),
        description: expect.stringMatching(/./),
      });
      expect(annotations).toEqual({
        readOnlyHint: expect.any(Boolean),
        destructiveHint: expect.any(Boolean),
        idempotentHint: expect.any(Boolean),
        openWorldHint: expect.any(Boolean),
      });
      expect({ name, closed: inputSchema['additionalProperties'] }).toEqual({
        name,
        closed: false,
      });
    }
  });

  test('is the same in both protocol eras', async () => {
    const [modern, legacy] = [await startServer({ era: 'modern' }), await startServer()];
    const listOf = async (server: typeof modern) => (await server.session.client.listTools()).tools;
    expect(await listOf(modern)).toEqual(await listOf(legacy));
  });

  test('comes with instructions whose first line says what it is for', async () => {
    const server = await startServer({ era: 'modern' });
    const [first, ...rest] = (server.session.client.getInstructions() ?? '').split('\n');
    expect(first).toBe(
      'Run Python code and scripts – also long ones, in the background – with pip packages, live output and plots.',
    );
    for (const word of [
      'wait_seconds=45',
      'until="exit"',
      'savefig',
      'py_job_output(artifact=name)',
    ]) {
      expect(rest.join('\n')).toContain(word);
    }
    const { tools } = await server.session.client.listTools();
    expect(tools[0]?._meta).toEqual({ 'anthropic/alwaysLoad': true });
  });

  test('calls that only read say so', async () => {
    const server = await startServer();
    const { tools } = await server.session.client.listTools();
    const reading = tools.filter(({ annotations }) => annotations?.readOnlyHint);
    expect(reading.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['py_job_status', 'py_job_output', 'py_list_jobs']),
    );
    const ending = tools.filter(({ annotations }) => annotations?.destructiveHint);
    expect(ending.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['py_cancel_job', 'py_prune_jobs', 'py_run_script_in_dir']),
    );
  });
});

test('every structured result is also whole in the text', async () => {
  const server = await startServer();
  const run = { directory: server.work, script_content: 'print("ä")' };
  const reply = await server.session.callTool('py_run_script_in_dir', run);
  expect(JSON.parse(String(reply.content[0]?.text))).toEqual(reply.structuredContent);
  expect(reply.structuredContent).toMatchObject({ stdout: 'ä\n' });
});

test('a failing script is a normal result with all it printed', async () => {
  const server = await startServer();
  const code = 'print("before")\nraise ValueError("broken")';
  const run = { directory: server.work, script_content: code };
  const reply = await server.session.callTool('py_run_script_in_dir', run);
  expect(reply.isError).toBeFalsy();
  expect(reply.structuredContent).toMatchObject({
    status: 'failed',
    exit_code: 1,
    stdout: 'before\n',
    stderr: expect.stringContaining('ValueError: broken'),
    error: 'ValueError: broken (script.py, line 2).',
  });
  const { jobs } = await server.call('py_list_jobs');
  expect(jobs[0].error).toBe('ValueError: broken (script.py, line 2).');
});

test('every exit code is reported as it is', async () => {
  const server = await startServer();
  const exits = [0, 1, 42, 126, 127, 137, 255].map(async (code) => {
    const run = { directory: server.work, script_content: `import sys\nsys.exit(${code})` };
    const result = await server.call('py_run_script_in_dir', run);
    expect(result).toMatchObject({ exit_code: code, status: code === 0 ? 'completed' : 'failed' });
  });
  await Promise.all(exits);
});

test('death by a signal is reported as that signal', async () => {
  const server = await startServer();
  const signals = { SIGSEGV: 11, SIGKILL: 9, SIGTERM: 15 };
  const deaths = Object.entries(signals).map(async ([name, signal]) => {
    const id = await server.start(`import os\nos.kill(os.getpid(), ${signal})`);
    const job = await server.ended(id);
    expect(job).toMatchObject({ status: 'failed', outcome: { kind: 'signalled', signal } });
    expect(job.error).toBe(`The script was ended by signal ${signal} (${name}).`);
  });
  await Promise.all(deaths);
});

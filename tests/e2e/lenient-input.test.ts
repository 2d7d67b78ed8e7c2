/** What has one meaning is taken, over the real server: see contract §0. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startRawServer } from '../support/raw-server.ts';
import { startServer } from '../support/start-server.ts';
import { testHome } from '../support/test-home.ts';
import toolList from '../../src/mcp/tool-list.json' with { type: 'json' };
import { fileServer } from './file-server.ts';

const served = fileServer();

const nothing = (tool: string) => {
  const { inputSchema } = toolList.find(({ name }) => name === tool) ?? {};
  return Object.fromEntries(Object.keys(inputSchema?.properties ?? {}).map((name) => [name, null]));
};

test('null for every optional parameter, as frameworks send it', async () => {
  const server = served();
  const run = { script_content: 'print(1)', directory: server.work };
  for (const tool of ['py_run_script_in_dir', 'py_run_script_with_dependencies']) {
    const given = {
      ...nothing(tool),
      ...(tool.endsWith('dir') ? run : { script_content: 'print(1)' }),
    };
    const reply = await server.call(tool, given);
    expect(reply).toMatchObject({ status: 'completed', stdout: '1\n' });
    expect(reply.notes).toBeUndefined();
  }
  const id = await server.start('print("kept")', { directory: server.work });
  await server.ended(id);
  const status = await server.call('py_job_status', { ...nothing('py_job_status'), job_id: id });
  expect(status.job.status).toBe('completed');
  const output = { ...nothing('py_job_output'), job_id: id };
  expect(await server.text('py_job_output', output)).toContain('kept');
  expect((await server.call('py_list_jobs', nothing('py_list_jobs'))).jobs.length).toBeGreaterThan(
    0,
  );
});

test('values as strings, numbers in lists, a home folder', async () => {
  const server = await startServer({ env: { HOME: '/tmp' } });
  const code = 'import os, sys\nprint(sys.argv[1:], os.environ["A"], os.getcwd())';
  const reply = await server.call('py_run_script_in_dir', {
    directory: '~',
    script_content: code,
    args: '["--n", 3]',
    env_vars: { A: 5 },
    timeout_seconds: '30',
    use_uv: 'false',
    python_version: '',
  });
  expect(reply.stdout).toBe("['--n', '3'] 5 /tmp\n");
});

test('words of frameworks are ignored and named; a slip is refused', async () => {
  const server = served();
  const extras = { toolCallId: 'c', sessionId: 's', action: 'a', chatInput: 'x', tool: 't' };
  const run = { directory: server.work, script_content: 'print(1)', use_uv: false };
  const reply = await server.session.callTool('py_run_script_in_dir', { ...run, ...extras });
  const notes = Object.keys(extras).map((name) => `ignored unknown parameter ${name}`);
  expect(reply.structuredContent).toMatchObject({ stdout: '1\n', notes });
  expect(JSON.parse(String(reply.content[0]?.text))).toEqual(reply.structuredContent);
  const id = String(reply.structuredContent?.['job_id']);
  const output = await server.text('py_job_output', { job_id: id, sessionId: 's' });
  expect(output).toMatch(/1\n.*\(ignored unknown parameter sessionId\)$/s);
  expect(await server.refusal('py_run_script_in_dir', { ...run, timeout: 5, cwd: '/' })).toBe(
    'unknown parameter timeout: did you mean timeout_seconds? ' +
      'unknown parameter cwd: did you mean directory?',
  );
});

test('a wait beyond the limit is cut to it, and said', async () => {
  const server = served();
  const id = await server.start('print(1)');
  const reply = await server.call('py_job_status', { job_id: id, wait_seconds: 300 });
  expect(reply.notes).toEqual(['wait_seconds 300 taken as 45, the limit']);
});

test('all that is wrong is said at once, and nothing is left', async () => {
  const server = await startServer();
  const directory = join(server.work, 'none');
  expect(
    await server.refusal('py_run_script_in_dir', {
      directory,
      timeout_seconds: -1,
      args: 'a b',
      workdir: '/',
    }),
  ).toBe(
    'unknown parameter workdir: did you mean directory? ' +
      'args: "a b" is not valid. Pass a list. ' +
      'timeout_seconds: -1 is too small. The least is 0.',
  );
  const said = await server.refusal('py_run_script_in_dir', {
    directory,
    script_content: 'pass',
    env_vars: { 'A=B': 'x' },
    env_file: '/no/such.env',
    dependencies: ['-r x'],
  });
  for (const name of ['directory: ', 'env_vars: ', 'env_file: ', 'dependencies: ']) {
    expect(said).toContain(name);
  }
  expect(server.jobIds()).toEqual([]);
});

test('arguments that are null, or JSON in a string, at the level of the protocol', async () => {
  const server = await startRawServer(testHome());
  for (const given of [null, '', '{}', '{"limit": 5}']) {
    const call = { name: 'py_list_jobs', arguments: given };
    expect(await server.request('tools/call', call)).toMatchObject({
      structuredContent: { jobs: [] },
    });
  }
  expect(await server.request('tools/list', null as never)).toMatchObject({
    tools: expect.any(Array),
  });
  server.process.stdin?.end();
});

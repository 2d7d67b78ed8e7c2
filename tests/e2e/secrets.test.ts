/** Secret values that a script prints, in the replies of all tools: acceptance test 68 (docs/security.md). */
import { globSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startServer, type TestServer } from '../support/start-server.ts';

const TOKEN = 'tok-9f8e7d6c5b4a';
const PASSWORD = 'correct horse "é" battery';
const SECRETS = [TOKEN, PASSWORD];

const TELLTALE = `
import os, subprocess, sys
import python_mcp
token, password = os.environ["API_TOKEN"], os.environ["DB_PASSWORD"]
print("first", token, os.environ["MODE"])
print("::progress 1/2 with", token, flush=True)
subprocess.run([sys.executable, "-c", "import os; print('child', os.environ['DB_PASSWORD'])"])
python_mcp.result({"token": token, "said": "it is " + password})
print("last", token, file=sys.stderr)
raise ValueError("not " + token)
`;

test('are covered wherever a reply shows output, by every server of the home', async () => {
  const server = await startServer({ era: 'modern' });
  const envFile = join(server.work, '.env');
  writeFileSync(envFile, `DB_PASSWORD='${PASSWORD}'\n`);
  const run = await server.session.callTool('py_run_script_in_dir', {
    directory: server.work,
    script_content: TELLTALE,
    env_vars: { API_TOKEN: TOKEN, MODE: 'production' },
    env_file: envFile,
  });
  const result = run.structuredContent as Record<string, string>;
  expect(result['stdout']).toContain('first **************** production\n');
  expect(result['error']).toContain('ValueError: not ****************');
  const id = String(result['job_id']);
  for (const said of [JSON.stringify(run), await everyReply(server, id)]) {
    expect(
      SECRETS.filter((secret) => said.includes(secret) || said.includes(inJson(secret))),
    ).toEqual([]);
  }
  await server.kill();
  const other = await startServer({ on: server });
  const said = await everyReply(other, id);
  expect(
    SECRETS.filter((secret) => said.includes(secret) || said.includes(inJson(secret))),
  ).toEqual([]);
  expect(server.output(id, 'stdout').includes(TOKEN)).toBe(true);
  expect(filesWith(server.home, TOKEN)).toEqual(['stderr.log', 'stdout.log']);
});

test('are covered in what the cells of a session come to', async () => {
  const server = await startServer();
  const ran = await server.call('py_session_run', {
    session: 'main',
    code: 'import os\nprint(os.environ["API_TOKEN"])\nos.environ["API_TOKEN"]',
    env_vars: { API_TOKEN: TOKEN },
  });
  expect(ran.value.text).toBe("'****************'");
  expect(ran.stdout).toBe('****************\n');
  const failed = await server.call('py_session_run', {
    session: 'main',
    code: 'int(os.environ["API_TOKEN"])',
  });
  expect(failed.error.message).toContain("'****************'");
  const read = await server.text('py_job_output', { job_id: ran.job_id, cell: 1 });
  expect(JSON.stringify([ran, failed, read])).not.toContain(TOKEN);
});

test('are shown where that is asked for', async () => {
  const server = await startServer({ env: { PYTHON_MCP_REDACT: 'none' } });
  const id = await server.start('import os; print(os.environ["API_TOKEN"])', {
    env_vars: { API_TOKEN: TOKEN },
  });
  expect((await server.ended(id)).result.stdout).toBe(`${TOKEN}\n`);
});

async function everyReply({ session }: TestServer, id: string): Promise<string> {
  const asked = { job_id: id };
  const replies = [
    await session.callTool('py_job_status', asked),
    await session.callTool('py_job_status', { ...asked, incremental: true, reader: 'a' }),
    await session.callTool('py_job_output', asked),
    await session.callTool('py_job_output', { ...asked, tail: true, raw: true }),
    await session.callTool('py_job_output', { ...asked, stream: 'stderr', max_bytes: 16 }),
    await session.callTool('py_job_output', { ...asked, search: 'first|child|not' }),
    await session.callTool('py_job_output', { ...asked, until: 'last.*' }),
    await session.callTool('py_list_jobs', {}),
    await session.client.readResource({ uri: `job://${id}/stdout` }),
  ];
  return JSON.stringify(replies);
}

function inJson(text: string): string {
  return JSON.stringify(JSON.stringify(text).slice(1, -1)).slice(1, -1);
}

/** Beside what the script's own processes wrote in its folder. */
function filesWith(home: string, text: string): string[] {
  return globSync('**/*', { cwd: home })
    .filter((name) => !/^jobs\/[^/]+\/work\//.test(name) && statSync(join(home, name)).isFile())
    .filter((name) => readFileSync(join(home, name)).includes(text))
    .map((name) => name.replace(/.*\//, ''))
    .sort();
}

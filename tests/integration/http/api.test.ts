import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type * as z from 'zod';
import { ROUTES } from '../../../src/http/routes/route-table.ts';
import { waitFor } from '../../support/wait-for.ts';
import { fileServer } from './file-server.ts';
import { type HttpTestServer, startHttpServer } from './http-server.ts';

const served = fileServer();

test('a job from start to end: every reply is as the document says', async () => {
  const server = served();
  const run = {
    directory: server.work,
    script_content: 'import sys\nprint("out", sys.argv[1])\nsys.stderr.write("err")\nsys.exit(3)',
    args: ['-x'],
    job_label: 'first',
    env_vars: { SECRET_KEY: 'value-of-it' },
  };
  const created = await described(server, 'POST', '/api/v1/jobs', {}, run);
  const { id } = created.job;
  expect(created.job).toMatchObject({ label: 'first', tool: 'http' });
  await server.ended(id);
  const { job } = await described(server, 'GET', '/api/v1/jobs/:id', { id });
  expect(job).toMatchObject({
    status: 'failed',
    outcome: { kind: 'exited', code: 3 },
    result: { stdout: 'out -x\n', stderr: 'err', exit_code: 3 },
    request: { directory: server.work, args: ['-x'], env_names: ['SECRET_KEY'] },
    timeline: [{ event: 'created' }, { event: 'started' }, { event: 'ended' }],
  });
  expect(JSON.stringify(job)).not.toContain('value-of-it');
  expect((await described(server, 'GET', '/api/v1/jobs')).jobs).toHaveLength(1);
  expect(await described(server, 'GET', '/api/v1/jobs/:id/output', { id })).toEqual({
    stream: 'stdout',
    from: 0,
    next: 7,
    size: 7,
    ended: true,
    text: 'out -x\n',
  });
  const source = await described(server, 'GET', '/api/v1/jobs/:id/source', { id });
  expect(source).toEqual({ path: null, source: run.script_content, truncated: false });
  await described(server, 'GET', '/api/v1/jobs/:id/artifacts', { id });
  const search = await described(server, 'GET', '/api/v1/jobs/:id/search?q=-x', { id });
  expect(search).toMatchObject({
    matches: [{ offset: 4, line_offset: 0, line: 'out -x' }],
    next: null,
  });
  const cancelled = await described(server, 'POST', '/api/v1/jobs/:id/cancel', { id }, {});
  expect(cancelled).toMatchObject({ status: 'failed', survivors: [] });
  for (const path of ['scripts', 'environments', 'health', 'openapi.json']) {
    await described(server, 'GET', `/api/v1/${path}`);
  }
  const pruned = await described(
    server,
    'POST',
    '/api/v1/jobs/prune',
    {},
    {
      keep_failed: false,
      max_age_hours: 0,
    },
  );
  expect(pruned).toMatchObject({ removed: 1, remaining: 0 });
});

const ASKS = `
print("ready to ask")
name = input("name? ")
print("hello", name)
open("go").read()
`;

test('a status waits for the end, for a question, or for what is named, and tells the question', async () => {
  const server = served();
  const id = await server.start(ASKS, { directory: server.work, interactive: true });
  const path = `/api/v1/jobs/${id}`;
  const { job } = await described(server, 'GET', '/api/v1/jobs/:id?wait=45', { id });
  expect(job).toMatchObject({ status: 'running', waiting_for_input: 'name? ' });
  const { jobs } = await server.get('/api/v1/jobs');
  expect(jobs[0]).toMatchObject({ id, waiting_for_input: 'name? ' });
  const ready = await described(server, 'GET', '/api/v1/jobs/:id?wait=45&until=ready.*', { id });
  expect(ready.until).toContain('ready to ask');
  const output = server.get(`${path}?wait=45&until=hello&from=${job.cursor}`);
  await server.post(`${path}/input`, { text: 'Ada\n' });
  expect(await output).toMatchObject({ until: expect.stringContaining('hello Ada') });
  const ended = await server.get(`${path}?wait=45`);
  expect(ended.job).toMatchObject({
    status: 'failed',
    error: expect.stringMatching(/^FileNotFound/),
  });
  expect(ended.job).not.toHaveProperty('waiting_for_input');
  const wrong = await server.ask('GET', `${path}?until=(`);
  expect([wrong.status, JSON.parse(wrong.text).detail]).toEqual([
    400,
    expect.stringMatching(/^until: /),
  ]);
  expect((await server.ask('GET', `${path}?from=nonsense&until=x`)).status).toBe(400);
});

test('a run again is the same run; what is not stored has to be given again', async () => {
  const server = served();
  const code = 'import os, sys\nprint(os.environ["A"], sys.stdin.read(), sys.argv[1:])';
  const first = await server.start(code, { env_vars: { A: '1' }, stdin: 'in', args: ['x'] });
  await server.ended(first);
  const path = `/api/v1/jobs/${first}/rerun`;
  const refused = await server.ask('POST', path, { body: '{}' });
  expect([refused.status, JSON.parse(refused.text).detail]).toEqual([
    400,
    'env_vars: the job had A, whose values are never stored. Pass them again in env_vars.',
  ]);
  const without = await server.ask('POST', path, { body: '{"env_vars":{"A":"2"}}' });
  expect(JSON.parse(without.text).detail).toMatch(/^stdin: /);
  const { job } = await server.post(path, { env_vars: { A: '2' }, stdin: 'again' });
  expect((await server.ended(job.id)).result.stdout).toBe("2 again ['x']\n");
  expect(job.id).not.toBe(first);
});

test('what a script stated as its result is in the job, its events and the list', async () => {
  const server = await startHttpServer();
  const stated = { best: 3, loss: [0.5, null] };
  const code = 'from python_mcp import result\nresult({"best": 3, "loss": [0.5, None]})';
  const id = await server.start(code);
  expect((await server.ended(id)).result.result_value).toEqual(stated);
  expect((await server.get('/api/v1/jobs')).jobs).toMatchObject([{ id, result_value: stated }]);
  const { text } = await server.ask('GET', `/api/v1/jobs/${id}/events`);
  expect(text).toContain(`"result_value":${JSON.stringify(stated)}`);
});

test('the list filters by status and text, and goes on page by page', async () => {
  const server = served();
  for (const label of ['Alpha one', 'alpha 100%', 'beta_x', 'beta x']) {
    await server.ended(await server.start('print(1)', { job_label: label }));
  }
  await server.ended(await server.start('raise SystemExit(1)', { job_label: 'gamma' }));
  const labels = async (query: string) => {
    const { jobs } = await server.get(`/api/v1/jobs?${query}`);
    return jobs.map(({ label }: { label: string }) => label).toReversed();
  };
  expect(await labels('q=ALPHA')).toEqual(['Alpha one', 'alpha 100%']);
  expect(await labels('q=100%25')).toEqual(['alpha 100%']);
  expect(await labels('q=a_x')).toEqual(['beta_x']);
  expect(await labels('q=a&status=failed')).toEqual(['gamma']);
  expect(await labels('status=completed&limit=3')).toEqual(['alpha 100%', 'beta_x', 'beta x']);
  const second = await server.get('/api/v1/jobs?q=a&limit=2&page=3');
  expect(second).toMatchObject({ total: 5, next_page: null, counts: { completed: 4, failed: 1 } });
  expect(second.jobs).toHaveLength(1);
});

test('every job is known to be of its client, and the list can be filtered by it', async () => {
  const server = await startHttpServer();
  const run = JSON.stringify({ directory: server.work, script_content: 'pass' });
  const clientFor = async (headers: Record<string, string>) => {
    const { text } = await server.ask('POST', '/api/v1/jobs', { body: run, headers });
    const { job } = JSON.parse(text);
    await server.ended(job.id);
    return job.client;
  };
  expect(await clientFor({})).toBe('http');
  expect(await clientFor({ 'user-agent': 'curl/8.5.0' })).toBe('curl 8.5.0');
  expect(await clientFor({ 'user-agent': 'curl/8.6.0 (x86_64)' })).toBe('curl 8.6.0');
  expect(await clientFor({ 'user-agent': 'curl/8', 'python-mcp-client': 'dashboard' })).toBe(
    'dashboard',
  );
  expect(await clientFor({ 'user-agent': `${'x'.repeat(5000)}/\u0085\u00ad` })).toBe(
    'x'.repeat(64),
  );
  const found = async (query: string) => {
    const { jobs } = await server.get(`/api/v1/jobs?${query}`);
    return jobs.map(({ client }: { client: string }) => client);
  };
  expect(await found('client=curl')).toEqual(['curl 8.6.0', 'curl 8.5.0']);
  expect(await found('client=curl&q=8.5')).toEqual(['curl 8.5.0']);
  expect(await found('client=curl&status=failed')).toEqual([]);
  const list = await described(server, 'GET', '/api/v1/jobs?q=curl');
  expect(list).toMatchObject({
    next_from: null,
    clients: ['curl', 'dashboard', 'http', 'x'.repeat(64)],
  });
  const [{ id }] = (await server.get('/api/v1/jobs?client=curl')).jobs;
  const older = await server.get(`/api/v1/jobs?from=${id}&limit=1`);
  expect([older.jobs[0].id, older.total]).toEqual([id, 3]);
  const refused = await server.ask('GET', '/api/v1/jobs?from=..');
  expect(JSON.parse(refused.text).detail).toMatch(/^from: .*id of a job/);
});

test('output by pages, by ranges and as readable text are the same bytes', async () => {
  const server = served();
  const id = await server.start('for i in range(20000): print(f"é {i:06}")');
  await server.ended(id);
  const stored = server.output(id, 'stdout');
  const base = `/api/v1/jobs/${id}/output`;
  const pages: string[] = [];
  for (let from = 0; from < stored.length;) {
    const page = await server.get(`${base}?from=${from}&max=10001`);
    expect(page.from).toBe(from);
    pages.push(page.text);
    from = page.next;
  }
  expect(Buffer.from(pages.join('')).equals(stored)).toBe(true);
  expect((await server.ask('GET', `${base}?raw=1`)).body.equals(stored)).toBe(true);
  const part = await server.ask('GET', `${base}?raw=1`, { headers: { range: 'bytes=1-1000' } });
  expect([part.status, part.body.equals(stored.subarray(1, 1001))]).toEqual([206, true]);
  expect((await server.get(`${base}?tail=1&max=200`)).next).toBe(stored.length);
  expect((await server.ask('GET', `${base}?plain=1&max=200`)).text).toMatch(
    /^é 000000\né 000001\n/,
  );
});

test('large replies are compressed as the client can read them', async () => {
  const server = served();
  const id = await server.start('for i in range(20000): print(f"line {i:06}")');
  await server.ended(id);
  const ask = (accepted: string, max = 100_000) =>
    server.ask('GET', `/api/v1/jobs/${id}/output?max=${max}`, {
      headers: { 'accept-encoding': accepted },
    });
  const whole = (await ask('identity')).body;
  const codings = [
    ['gzip', 'gzip', gunzipSync],
    ['gzip, deflate, br, zstd', 'zstd', zstdDecompressSync],
    ['ZSTD;q=0.5', 'zstd', zstdDecompressSync],
    ['zstd;q=0, gzip;q=0.1', 'gzip', gunzipSync],
  ] as const;
  for (const [accepted, coding, unpack] of codings) {
    const packed = await ask(accepted);
    expect([accepted, packed.headers['content-encoding']]).toEqual([accepted, coding]);
    expect(packed.headers['vary']).toBe('Accept-Encoding');
    expect(packed.body.length).toBeLessThan(whole.length / 2);
    expect(unpack(packed.body).equals(whole)).toBe(true);
  }
  for (const accepted of ['', 'br', 'gzip;q=0', 'zstd;q=0.000, gzip; q=0', 'xgzip']) {
    const plain = await ask(accepted);
    expect([accepted, plain.headers['content-encoding']]).toEqual([accepted, undefined]);
    expect(plain.body.equals(whole)).toBe(true);
  }
  expect((await ask('gzip, zstd', 1_000)).headers['content-encoding']).toBeUndefined();
});

test('a search finds each match once, in steps, whatever the pattern', async () => {
  const server = served();
  const id = await server.start(
    'for i in range(300000): print(f"line {i} é", "Error!" if i % 10007 == 0 else "ok")\n' +
      'print("a" * 3_000_000)',
  );
  await server.ended(id);
  const stored = server.output(id, 'stdout');
  for (const query of ['q=Error!', 'q=(?i)ERROR!&regex=1', 'q=^line .* Error!$&regex=1']) {
    const offsets: number[] = [];
    for (let from: number | null = 0; from !== null;) {
      const path = `/api/v1/jobs/${id}/search?${encodeURI(query)}&limit=7&from=${from}`;
      const { matches, next } = await server.get(path);
      for (const { line } of matches) expect(line).toMatch(/^line \d+ é Error!$/);
      offsets.push(...matches.map(({ line_offset: offset }: { line_offset: number }) => offset));
      from = next;
    }
    expect(offsets.length).toBe(30);
    expect(new Set(offsets).size).toBe(30);
    for (const offset of offsets) expect(stored.toString('utf8', offset, offset + 5)).toBe('line ');
  }
  const hostile = await server.get(
    `/api/v1/jobs/${id}/search?regex=1&q=${encodeURIComponent('(a+)+$')}&from=${stored.length - 2_000_000}`,
  );
  expect(hostile.matches.length + Number(hostile.next !== null)).toBeGreaterThan(0);
});

test('usage is sampled while a job runs, and only then', async () => {
  const server = await startHttpServer();
  const id = await server.start('x = bytearray(50_000_000)\nprint("up")\nwhile True: pass');
  await waitFor(() => server.output(id, 'stdout').length > 0, 20_000, 'the start');
  const usage = () => described(server, 'GET', '/api/v1/jobs/:id/usage', { id });
  expect((await usage()).cpu_percent).toBeNull();
  const busy = await waitFor(async () => {
    const sample = await usage();
    return sample.cpu_percent > 0 && sample;
  }, 10_000);
  expect(busy.processes).toBe(1);
  expect(busy.rss_bytes).toBeGreaterThan(50_000_000);
  await server.post(`/api/v1/jobs/${id}/cancel`, { grace_seconds: 0 });
  expect((await server.ask('GET', `/api/v1/jobs/${id}/usage`)).status).toBe(409);
});

test('the stack is told of a running job, and only then', async () => {
  const server = await startHttpServer();
  const id = await server.start('import time\nprint("up")\ntime.sleep(600)');
  await waitFor(() => server.output(id, 'stdout').length > 0, 20_000, 'the start');
  const { stack } = await described(server, 'GET', '/api/v1/jobs/:id/stack', { id });
  expect(stack).toMatch(/\(most recent call first\):\n  File ".*", line \d in <module>$/);
  await server.post(`/api/v1/jobs/${id}/cancel`, { grace_seconds: 0 });
  expect((await server.ask('GET', `/api/v1/jobs/${id}/stack`)).status).toBe(409);
});

test('scripts are saved, listed, read and run', async () => {
  const server = served();
  const body = { source: '"""Says hello."""\nprint("hello")\n' };
  const path = '/api/v1/scripts/:name';
  await described(server, 'PUT', path, { name: 'hello' }, body);
  const again = await server.ask('PUT', '/api/v1/scripts/hello', { body: JSON.stringify(body) });
  expect(again.status).toBe(400);
  const [script] = (await described(server, 'GET', '/api/v1/scripts')).scripts;
  expect(script).toMatchObject({ name: 'hello', description: 'Says hello.' });
  expect((await described(server, 'GET', path, { name: 'hello' })).source).toBe(body.source);
  const run = { directory: server.work, script_path: script.path };
  const { job } = await server.post('/api/v1/jobs', run);
  expect((await server.ended(job.id)).result.stdout).toBe('hello\n');
});

test('a saved script runs in a folder of its own where none is named', async () => {
  const server = await startHttpServer();
  const source = 'open("left.py", "w").close()';
  const saved = { body: JSON.stringify({ source }) };
  const { text } = await server.ask('PUT', '/api/v1/scripts/writes', saved);
  const run = { script_path: JSON.parse(text).path, directory: null };
  const { job } = await server.post('/api/v1/jobs', run);
  const { request } = await server.ended(job.id);
  expect(request.directory).toContain(job.id);
  expect((await server.get('/api/v1/scripts')).scripts).toHaveLength(1);
});

test('what is wrong with a request is said by name', async () => {
  const server = served();
  const detailOf = async (method: string, path: string, body?: string) => {
    const { status, text } = await server.ask(method, path, body === undefined ? {} : { body });
    expect(status).toBe(400);
    return JSON.parse(text).detail as string;
  };
  expect(await detailOf('GET', '/api/v1/jobs?limit=x')).toMatch(/^limit: "x" is not valid/);
  expect(await detailOf('GET', '/api/v1/jobs?page=-1&stauts=x&limit=1.5')).toMatch(
    /^unknown parameter stauts: did you mean status\? limit: .*whole number.* page: /,
  );
  expect(await detailOf('POST', '/api/v1/jobs', '[1]')).toMatch(/object/);
  expect(await detailOf('POST', '/api/v1/jobs', '{')).toMatch(/not JSON/);
  expect(await detailOf('POST', '/api/v1/jobs', '{"script_content":"1","args":[[1]]}')).toMatch(
    /args/,
  );
});

test('a request with the same Idempotency-Key is the same job', async () => {
  const server = served();
  const body = JSON.stringify({ script_content: 'print(1)' });
  const headers = { 'idempotency-key': 'once' };
  const ask = () => server.ask('POST', '/api/v1/jobs', { body, headers });
  const [one, two] = [await ask(), await ask()];
  expect(JSON.parse(two.text).job.id).toBe(JSON.parse(one.text).job.id);
});

test('what has one meaning is taken, and what was ignored is named', async () => {
  const server = served();
  const run = { script_content: 'print(1)', directory: null, timeout_seconds: '30', args: null };
  const { job, notes } = await server.post('/api/v1/jobs', { ...run, sessionId: 'x' });
  expect(notes).toEqual(['ignored unknown parameter sessionId']);
  expect(job.request.timeout_seconds).toBe(30);
  const list = await server.get('/api/v1/jobs?limit=1000&status=&foo=1');
  expect(list.notes).toEqual([
    'limit 1000 taken as 500, the limit',
    'ignored unknown parameter foo',
  ]);
});

test('figures for Prometheus', async () => {
  const server = await startHttpServer();
  await server.ended(await server.start('print(1)'));
  for (const path of ['/metrics', '/api/v1/metrics']) {
    const { headers, text } = await server.ask('GET', path);
    expect(headers['content-type']).toMatch(/^text\/plain; version=/);
    expect(text).toContain('python_mcp_jobs{status="completed"} 1\n');
    expect(text).toMatch(
      /python_mcp_http_requests_total\{method="POST",route="\/api\/v1\/jobs",status="201"\} 1\n/,
    );
  }
});

/** Asks, and checks the reply against the schema that the OpenAPI document gives for it. */
// oxlint-disable-next-line typescript/no-explicit-any
async function described(
  server: HttpTestServer,
  method: string,
  pattern: string,
  parts: Record<string, string> = {},
  body?: object,
): Promise<any> {
  const [pathPattern = '', query] = pattern.split('?');
  const route = ROUTES.find((one) => one.method === method && one.path === pathPattern);
  const path = pathPattern.replace(/:(\w+)/g, (_, name: string) => parts[name] ?? '');
  const options = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await server.ask(method, query ? `${path}?${query}` : path, options);
  expect([method, path, answer.status, answer.status >= 400 ? answer.text : '']).toEqual([
    method,
    path,
    route?.status ?? 200,
    '',
  ]);
  if (!route) throw new Error(`no route ${method} ${pathPattern}`);
  return (route.reply as z.ZodType).parse(JSON.parse(answer.text));
}

/** Real replies beside the published schemas, in both directions: nothing more, and nothing that never comes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { REPLIES_OF_TOOLS } from '../../../src/contract/replies/of-tools.ts';
import { Job, JobItem } from '../../../src/contract/replies/one-job.ts';
import { CellView } from '../../../src/contract/replies/session.ts';
import { Segment } from '../../../src/contract/replies/pages-and-matches.ts';
import { Problem } from '../../../src/contract/replies/server.ts';
import { ROUTES } from '../../../src/http/routes/route-table.ts';
import { onlyWheels, ALPHA_AND_BETA } from '../../support/only-wheels.ts';
import { NO_SANDBOX } from '../../support/sandbox.ts';
import { SeenFields } from '../../support/seen-fields.ts';
import { startServer, type TestServer } from '../../support/start-server.ts';
import { testHome } from '../../support/test-home.ts';
import { likeUsed, shareTools } from '../../support/used-home.ts';
import { waitFor } from '../../support/wait-for.ts';
import { cancelAll, type HttpTestServer, serveOn } from './http-server.ts';

const JOB = '/api/v1/jobs/:id';

/** Ignored, and named in the notes of the reply. */
const OF_A_FRAMEWORK = { sessionId: 'x' };

/** What no test of this size can bring about. */
const OUT_OF_REACH = [
  'JobList.next_from', // 5,000 jobs
  'JobListing.next_from',
  'LineReply.next', // a log that takes more than a second to count
  'Outcome.limit_bytes', // a file system without holes
  ...(NO_SANDBOX ? ['JobRequest.sandbox', 'Sandbox.gpu', 'Sandbox.network', 'Sandbox.write'] : []),
].sort();

/** Waits within itself, so that it runs until it is ended. */
const ENDLESS = 'import time\nprint("up", flush=True)\ntime.sleep(600)';

const WITH_A_BAR = `
import sys, time
for n in range(1, 200):
    sys.stderr.write(f"\\rEpoch 1:  {n // 2}%|####      | {n}/400 [00:{n % 60:02d}<00:09, 10.00it/s]")
    sys.stderr.flush()
    time.sleep(0.2)
`;

/** Its second run fails. */
const FILES_ONCE = `
import os, pathlib, python_mcp, sys
try: import no_such_thing_anywhere
except ImportError: pass
folder = pathlib.Path(os.environ["PYTHON_MCP_ARTIFACTS"])
if any(folder.iterdir()): sys.exit(7)
for n in range(60): (folder / f"{n}.txt").write_text("x")
pathlib.Path("left.txt").write_text("x")
python_mcp.result(1)
`;

const FILES = `
import os, pathlib, python_mcp
python_mcp.result({"loss": 0.5})
pathlib.Path("left.txt").write_text("x")
folder = pathlib.Path(os.environ["PYTHON_MCP_ARTIFACTS"])
for n in range(60): (folder / f"{n}.txt").write_text("x")
(folder / "cut.jpg").write_bytes(b"\\xff\\xd8\\xff\\xe0")
print("y" * 20_000)
`;

test('replies have the fields of their schemas, no other ones, and each of them sometimes', async () => {
  const home = testHome(async () => {
    await cancelAll(http);
    await mcp.session.close();
    await http.stop();
  });
  likeUsed(home.home);
  const env = { ...onlyWheels(ALPHA_AND_BETA), PYTHON_MCP_MIN_FREE_DISK_BYTES: '0' };
  const http = await serveOn(home, { env });
  // Building an environment is to be part of a reply, not to be handed over.
  const mcp = await startServer({ on: home, env: { ...env, SMART_ASYNC_TIMEOUT_SECONDS: '50' } });
  shareTools(home.home);
  const corpus = new Corpus(http, mcp);
  await corpus.tools();
  await corpus.jobs();
  await corpus.output();
  await corpus.endings();
  await corpus.sessions();
  await corpus.rest();
  expect(corpus.unseen()).toEqual(OUT_OF_REACH);
}, 180_000);

/** Replies of all kinds, checked as they come. */
class Corpus {
  readonly #seen = new SeenFields();
  readonly #http: HttpTestServer;
  readonly #mcp: TestServer;

  constructor(http: HttpTestServer, mcp: TestServer) {
    this.#http = http;
    this.#mcp = mcp;
  }

  unseen(): string[] {
    const ofRoutes = ROUTES.map(({ reply }) => reply).filter((reply) => reply instanceof z.ZodType);
    return this.#seen.unseen([Problem, ...ofRoutes, ...Object.values(REPLIES_OF_TOOLS).flat()]);
  }

  async tools(): Promise<void> {
    const code = { script_content: 'print(1)' };
    const packages = { script_content: 'import beta', dependencies: ['beta'] };
    await this.#call('py_run_script_with_dependencies', packages);
    await this.#call('py_run_script_with_dependencies', { ...packages, async_mode: true });
    const benchmark = await this.#call('py_benchmark_script', { ...code, runs: 2, warmup: 1 });
    await this.#call('py_job_status', { job_id: benchmark.job_id });
    const two = { ...code, compare_with: 'print(2)', runs: 2 };
    const compared = await this.#call('py_benchmark_script', two);
    await this.#call('py_job_status', { job_id: compared.job_id });
    await this.#call('py_benchmark_script', {
      script_content: FILES_ONCE,
      dependencies: ['alpha-one'],
      runs: 2,
    });
    const failed = await this.#call('py_run_script_with_dependencies', {
      script_content: 'try: import no_such_thing_anywhere\nfinally: raise SystemExit(3)',
    });
    await this.#call('py_job_status', { job_id: failed.job_id });
    await this.#call('py_save_script', {
      script_name: 'kept',
      source: '"""Says one."""\nprint(1)',
    });
    await this.#call('py_list_scripts', {});
    const artifacts = await this.#call('py_run_script_with_dependencies', {
      script_content: FILES,
    });
    await this.#call('py_job_status', { job_id: artifacts.job_id });
    await this.#call('py_job_status', { job_ids: [artifacts.job_id] });
    await this.#call('py_list_jobs', { limit: 1 });
    for (const { job_id: id } of [benchmark, failed, artifacts])
      await this.#ask('GET', JOB, { id });
    const flood = await this.#mcp.start('print("z" * 90_000)');
    await this.#mcp.ended(flood);
    await this.#call('py_job_status', { job_id: flood, incremental: true });
    const hinted = await this.#mcp.start(ENDLESS);
    await this.#call('py_job_status', { job_id: hinted });
    await this.#call('py_list_jobs', { limit: 4 });
    await this.#call('py_cancel_job', { job_id: hinted, grace_seconds: 0 });
    await this.#call('py_prune_jobs', {});
    await this.#dialogue();
    await this.#movedRun();
    await this.#queued();
    await this.#session();
  }

  async #queued(): Promise<void> {
    const holder = await this.#mcp.start(ENDLESS, { locks: ['one'] });
    const id = await this.#mcp.start('print(1)', { locks: ['one'], after: [holder] });
    await this.#call('py_list_jobs', { limit: 1 });
    await this.#ask('GET', '/api/v1/jobs');
    await this.#call('py_job_status', { job_ids: [id] });
    await this.#ask('GET', JOB, { id });
    await this.#call('py_cancel_job', { job_id: id });
    await this.#call('py_cancel_job', { job_id: holder, grace_seconds: 0 });
  }

  async #session(): Promise<void> {
    const session = 'main';
    const ask = (args: object) => this.#call('py_session_run', { session, ...args });
    await ask({ code: 'from python_mcp import artifact\nartifact(b"x", "kept")' });
    await ask({ code: 'print("z" * 90_000)\nexit(3)' });
    await ask({ code: '1 / 0' });
    await ask({ code: 'for n in range(60): globals()[f"v{n}"] = n' });
    const idle = await this.#call('py_session_run', { session, cell: 4 });
    const status = { job_id: idle.job_id };
    const rests = async () => (await this.#call('py_job_status', status)).job.session.ends_at;
    await waitFor(rests, 20_000, 'a session without work');
    const asking = await ask({ code: 'input("who? ")' });
    await ask({ code: '1', wait_seconds: 0 });
    await this.#call('py_job_status', { job_id: asking.job_id });
    await this.#call('py_cancel_job', { job_id: asking.job_id, cell: 5 });
    await this.#call('py_cancel_job', { job_id: asking.job_id, grace_seconds: 0 });
  }

  async #dialogue(): Promise<void> {
    const code = 'input("a? ")\nprint("z" * 90_000)\nraise SystemExit(int(input("b? ")))';
    const run = { directory: this.#mcp.work, script_content: code, interactive: true };
    const { job_id: id } = await this.#call('py_run_script_in_dir', run);
    await this.#call('py_job_status', { job_id: id, until: 'a', ...OF_A_FRAMEWORK });
    await this.#ask('GET', `${JOB}?until=a`, { id });
    await this.#ask('GET', '/api/v1/jobs');
    await this.#call('py_list_jobs', {});
    await this.#call('py_job_status', { job_ids: [id], ...OF_A_FRAMEWORK });
    await this.#call('py_send_input', { job_id: id, text: 'x\n', ...OF_A_FRAMEWORK });
    await this.#call('py_send_input', { job_id: id, text: '3\n' });
    await this.#call('py_job_status', { job_ids: [id] });
  }

  async #movedRun(): Promise<void> {
    const env = { SMART_ASYNC_TIMEOUT_SECONDS: '1', PYTHON_MCP_MIN_FREE_DISK_BYTES: '0' };
    const hurried = await startServer({ on: this.#mcp, env });
    const args = { directory: hurried.work, script_content: ENDLESS, ...OF_A_FRAMEWORK };
    const moved = await hurried.call('py_run_script_in_dir', args);
    this.#check(z.union(REPLIES_OF_TOOLS['py_run_script_in_dir'] as [z.ZodType]), moved);
    await hurried.session.close();
  }

  async jobs(): Promise<void> {
    writeFileSync(join(this.#http.work, 'one.env'), 'A=1\n');
    writeFileSync(join(this.#http.work, 'bar.py'), WITH_A_BAR);
    const { job } = await this.#ask(
      'POST',
      '/api/v1/jobs',
      {},
      {
        directory: this.#http.work,
        script_path: 'bar.py',
        args: ['-x'],
        env_vars: { B: '2' },
        env_file: 'one.env',
        python_version: await this.#defaultVersion(),
        memory_limit_mb: 4096,
        dependencies: ['beta'],
        interactive: true,
        job_label: 'bar',
      },
    );
    await this.#until(job.id, ({ progress }) => progress?.rate && progress.eta_seconds !== null);
    await this.#call('py_job_status', { job_ids: [job.id] });
    await this.#ask('GET', '/api/v1/jobs');
    await this.#ask('GET', `${JOB}/usage`, job);
    await waitFor(
      async () => (await this.#ask('GET', `${JOB}/usage`, job)).cpu_percent !== null,
      20_000,
      'a share of the processor',
    );
    await this.#ask('GET', `${JOB}/stack`, job);
    await this.#call('py_job_status', { job_id: job.id, stack: true });
    await this.#ask('POST', `${JOB}/input`, job, { text: 'x\n' });
    await this.#ask('GET', `${JOB}/source`, job);
    await this.#call('py_job_status', { job_id: job.id });
    await this.#ask('POST', `${JOB}/cancel`, job, { grace_seconds: 0 });
    await this.#ask('POST', `${JOB}/rerun`, job, { env_vars: { B: '2' } });
    const directory = this.#http.work;
    for (const what of [{ module: 'json.tool', stdin: '1' }, { command: ['true'] }]) {
      const { job: other } = await this.#ask('POST', '/api/v1/jobs', {}, { directory, ...what });
      await this.#until(other.id, ({ phase }) => phase === 'ended');
    }
  }

  async output(): Promise<void> {
    // It stays until its middles are gone: of an ended job nothing is given up any more.
    const code = `import os, sys, time
for stream in (sys.stdout, sys.stderr):
  stream.buffer.write(b"one \\xff\\n" + b"y" * 70_000)
  stream.flush()
gap = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + "/%s.log.gap"
while not all(os.path.exists(gap % name) for name in ("stdout", "stderr")): time.sleep(0.02)`;
    const id = await this.#ended(code, { max_output_bytes: 16_384 });
    const tail = { id, query: `${JOB}/output?stream=both&tail=1` };
    const isCut = async () => {
      const { segments } = await this.#ask('GET', tail.query, tail);
      return segments.some(({ skipped }: { skipped?: object }) => skipped);
    };
    await waitFor(isCut, 30_000, 'the gap in the output');
    for (const stream of ['stdout', 'stderr', 'environment', 'both']) {
      for (const place of ['max=200', 'tail=1']) {
        await this.#ask('GET', `${JOB}/output?stream=${stream}&${place}`, { id });
      }
    }
    const files = await this.#ended(
      FILES,
      NO_SANDBOX ? {} : { isolation: 'sandbox', write: 'directory' },
    );
    await this.#ask('GET', `${JOB}/artifacts`, { id: files });
    await this.#events(files);
    const search = await this.#ask('GET', `${JOB}/search?q=y&limit=5`, { id: files });
    expect(search.matches).toHaveLength(5);
    await this.#ask('GET', `${JOB}/line?line=1`, { id: files });
  }

  /** Each way in which a run can end, but a full disk. */
  async endings(): Promise<void> {
    await this.#ended('import os\nos.kill(os.getpid(), 11)');
    await this.#ended('import time\ntime.sleep(600)', { timeout_seconds: 1 });
    await this.#ended('import time\ntime.sleep(600)', { python_version: '3.77' }).catch(() => {});
    await this.#ended('import missing', { dependencies: ['no-such-package'] });
    await this.#events(this.#http.jobIds().at(-1) as string);
    const lost = await this.#http.start(ENDLESS);
    await this.#until(lost, ({ phase, stdout_bytes: bytes }) => phase === 'running' && bytes > 0);
    for (const pid of await this.#http.processes(lost)) killIfThere(pid);
    await this.#until(lost, ({ phase }) => phase === 'ended');
  }

  async sessions(): Promise<void> {
    const CELL = `${JOB}/cells/:cell`;
    const code = 'for n in range(60): globals()[f"v{n}"] = n\n4';
    const begin = { session: 'web', code, wait_seconds: 30 };
    const { job_id: id } = await this.#ask('POST', '/api/v1/sessions', {}, begin);
    const kept =
      'from python_mcp import artifact\nartifact(b"x", "kept")\nprint("z" * 90_000)\nexit(3)';
    await this.#ask('POST', `${JOB}/cells`, { id }, { code: kept, wait_seconds: 30 });
    await this.#ask('POST', `${JOB}/cells`, { id }, { code: '1/0', wait_seconds: 30 });
    const rests = async () => (await this.#ask('GET', '/api/v1/sessions')).sessions[0].ends_at;
    await waitFor(rests, 20_000, 'a session without work');
    await this.#ask('POST', `${JOB}/cells`, { id }, { code: 'input("? ")', wait_seconds: 30 });
    await this.#ask('POST', `${JOB}/cells`, { id }, { code: '4', wait_seconds: 0 });
    await this.#ask('GET', `${JOB}/cells`, { id });
    await this.#ask('GET', '/api/v1/sessions');
    await this.#ask('GET', CELL, { id, cell: '2' });
    await this.#ask('GET', `${CELL}/output`, { id, cell: '2' });
    await this.#ask('DELETE', CELL, { id, cell: '4' });
    await this.#ask('POST', `${JOB}/cancel`, { id }, { grace_seconds: 0 });
    await this.#events(id);
  }

  async rest(): Promise<void> {
    writeFileSync(
      join(this.#http.home, 'scripts', 'odd.py'),
      '# /// script\n# dependencies = 1\n# ///\n',
    );
    const source = { source: 'print(1)', dependencies: ['beta'], requires_python: '>=3.8' };
    await this.#ask('PUT', '/api/v1/scripts/:name', { name: 'two' }, source);
    await this.#ask('GET', '/api/v1/scripts/:name', { name: 'two' });
    for (const path of ['scripts', 'environments', 'health', 'openapi.json']) {
      await this.#ask('GET', `/api/v1/${path}`);
    }
    await this.#ask('GET', '/api/v1/jobs?limit=1');
    await this.#ask('POST', '/api/v1/jobs/prune', {}, { keep_failed: false, max_age_hours: 0 });
    const refused = await this.#http.ask('GET', '/api/v1/jobs?limit=x');
    this.#check(Problem, JSON.parse(refused.text));
  }

  /** Of a job that has ended: its streams carry the same shapes. */
  async #events(id: string): Promise<void> {
    const { text } = await this.#http.ask('GET', `/api/v1/jobs/${id}/events`);
    for (const [, type, data = ''] of text.matchAll(/^event: (\w+)\ndata: (.*)$/gm)) {
      if (type === 'output') this.#check(Segment, JSON.parse(data));
      if (type === 'state') this.#check(JobItem, JSON.parse(data).job);
      if (type === 'cell') this.#check(CellView, JSON.parse(data).cell);
      if (type === 'end') this.#check(Job, JSON.parse(data).job);
    }
  }

  async #call(tool: string, args: object) {
    const reply = await this.#mcp.call(tool, { ...args, ...OF_A_FRAMEWORK });
    this.#check(z.union(REPLIES_OF_TOOLS[tool] as [z.ZodType]), reply);
    return reply;
  }

  // oxlint-disable-next-line typescript/no-explicit-any
  async #ask(
    method: string,
    pattern: string,
    parts: Record<string, string> = {},
    body?: object,
  ): Promise<any> {
    const [path = '', typed] = pattern.split('?');
    const route = ROUTES.find((one) => one.method === method && one.path === path);
    const asked = path.replace(/:(\w+)/g, (_, name: string) => parts[name] ?? '');
    const extra = String(new URLSearchParams(OF_A_FRAMEWORK));
    const query = route?.query ? [typed, extra].filter(Boolean).join('&') : typed;
    const sent = body && JSON.stringify({ ...body, ...OF_A_FRAMEWORK });
    const { status, text } = await this.#http.ask(
      method,
      query ? `${asked}?${query}` : asked,
      sent === undefined ? {} : { body: sent },
    );
    expect([pattern, status, text]).toEqual([pattern, route?.status ?? 200, text]);
    const reply = JSON.parse(text);
    this.#check(route?.reply as z.ZodType, reply);
    return reply;
  }

  async #ended(code: string, more: object = {}): Promise<string> {
    const id = await this.#http.start(code, more);
    await this.#until(id, ({ phase }) => phase === 'ended');
    return id;
  }

  // oxlint-disable-next-line typescript/no-explicit-any
  async #until(id: string, isSo: (job: any) => unknown): Promise<void> {
    const look = async () => isSo((await this.#ask('GET', JOB, { id })).job);
    await waitFor(look, 60_000, `the moment to wait for of job ${id}`);
  }

  async #defaultVersion(): Promise<string> {
    const id = await this.#ended('pass');
    const { job } = await this.#ask('GET', JOB, { id });
    return job.environment.python_version.split('.').slice(0, 2).join('.');
  }

  #check(schema: z.ZodType, reply: unknown): void {
    this.#seen.check(schema, reply);
  }
}

/** One of them may end with another. */
function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

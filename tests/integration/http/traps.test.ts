/** What a job may have left in the way of a reader: acceptance tests 49 to 51 and 55 (docs/security.md). */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { truncateSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fileServer } from './file-server.ts';
import { type Answer, type HttpTestServer } from './http-server.ts';

const served = fileServer();

/** Everything that may stand where a file is expected; only good.txt and folder/good.txt are files. */
const TRAPS = `
import os, socket, stat
secret, outside = os.environ["SECRET"], os.environ["OUTSIDE"]
os.chdir(os.environ["PYTHON_MCP_ARTIFACTS"])
open("good.txt", "w").write("good")
os.mkdir("folder")
open("folder/good.txt", "w").write("good")
os.symlink(secret, "link")
os.symlink("good.txt", "link-inside")
os.symlink("nowhere", "link-to-nothing")
os.symlink("loop", "loop")
os.symlink("/dev/zero", "link-to-device")
os.symlink(outside, "linked-folder")
os.symlink("folder", "linked-folder-inside")
os.link(secret, "hard-link")
os.mkfifo("pipe")
os.mkdir("folder/folder")
listener = socket.socket(socket.AF_UNIX)
listener.bind("socket")
try:
    os.mknod("device", 0o600 | stat.S_IFCHR, os.makedev(1, 5))
except PermissionError:
    print("no device: only root makes them")
`;
const NO_FILES = [
  'link',
  'link-inside',
  'link-to-nothing',
  'loop',
  'link-to-device',
  'linked-folder/secret',
  'linked-folder-inside/good.txt/',
  'hard-link',
  'pipe',
  'socket',
  'device',
  'folder',
  'folder/',
  'folder/folder',
  'good.txt/x',
];

/** Names that flip between a file and a way out, as fast as they can. */
const FLIPS = `
import os
os.chdir(os.environ["PYTHON_MCP_ARTIFACTS"])
os.mkdir("real")
open("real/secret", "w").write("good")
print("ready", flush=True)
while True:
    open("part", "w").write("good")
    os.replace("part", "flip")
    os.symlink(os.environ["SECRET"], "part")
    os.replace("part", "flip")
    os.rename("real", "folder")
    os.rename("folder", "real")
    os.symlink(os.environ["OUTSIDE"], "folder")
    os.unlink("folder")
`;

describe('acceptance 49', () => {
  test('what is no plain file of the job is neither listed nor given', async () => {
    const server = served();
    const id = await endedJob(server, TRAPS);
    const base = `/api/v1/jobs/${id}/artifacts`;
    const { artifacts } = await server.get(base);
    expect(artifacts.map(nameOf)).toEqual(['folder/good.txt', 'good.txt']);
    for (const name of NO_FILES) {
      for (const [method, headers] of [
        ['GET', {}],
        ['HEAD', {}],
        ['GET', { range: 'bytes=0-3' }],
      ] as const) {
        const { status, text } = await server.ask(method, `${base}/${name}`, { headers });
        expect([method, name, status]).toEqual([method, name, 404]);
        expect(text).not.toContain('secret text');
      }
    }
    expect((await server.ask('GET', `${base}/folder/good.txt`)).text).toBe('good');
    if (process.getuid?.() === 0) expect(server.output(id, 'stdout').toString()).toBe('');
  });

  test('names that change while they are read never lead out', async () => {
    const server = served();
    const id = await server.start(FLIPS, { env_vars: secretsOf(server) });
    const base = `/api/v1/jobs/${id}/artifacts`;
    const isReady = async () => (await server.get(`/api/v1/jobs/${id}/output`)).text === 'ready\n';
    while (!(await isReady()));
    const seen = new Set<string>();
    // As often as it takes to meet both, and a while beyond: else the test has not tried anything.
    for (let round = 0; round < 15 || !(seen.has('flip 200') && seen.has('flip 404')); round += 1) {
      const names = ['flip', 'folder/secret', 'flip', 'folder/secret', 'flip', 'folder/secret'];
      const answers = await Promise.all(names.map((name) => server.ask('GET', `${base}/${name}`)));
      for (const [at, { status, text }] of answers.entries()) {
        seen.add(`${names[at]} ${status}`);
        if (status === 200) expect(text).toBe('good');
        else expect([status, text.includes('secret text')]).toEqual([404, false]);
      }
      await server.get(base);
    }
  });

  test('a file swapped while it is read is read to its own end; one cut short ends the reply', async () => {
    const server = served();
    const code =
      'import os\nfor n in ("swapped", "cut"): open(os.environ["PYTHON_MCP_ARTIFACTS"] + "/" + n, "w").write("g" * 20_000_000)';
    const id = await endedJob(server, code);
    const folder = join(server.home, 'jobs', id, 'work', 'artifacts');
    const swapped = await openPaused(server, `/api/v1/jobs/${id}/artifacts/swapped`);
    symlinkSync(secretsOf(server).SECRET, join(folder, 'aside'));
    renameSync(join(folder, 'aside'), join(folder, 'swapped'));
    expect(await bytesOf(swapped)).toEqual({ bytes: 20_000_000, others: 0, whole: true });
    expect((await server.ask('GET', `/api/v1/jobs/${id}/artifacts/swapped`)).status).toBe(404);
    const cut = await openPaused(server, `/api/v1/jobs/${id}/artifacts/cut`);
    truncateSync(join(folder, 'cut'), 100_000);
    expect(await bytesOf(cut)).toMatchObject({ others: 0, whole: false });
    expect((await server.get('/api/v1/health')).status).toBe('ok');
  });

  test('an artifacts folder, or a work folder, that the job replaced by a link is empty', async () => {
    const server = served();
    for (const replaced of ['a', 'os.path.dirname(a)']) {
      const code = `import os, shutil\na = os.environ["PYTHON_MCP_ARTIFACTS"]\nos.chdir("/")\nfolder = ${replaced}\nshutil.rmtree(folder)\nos.symlink(os.environ["OUTSIDE"], folder)\nos._exit(0)`;
      const id = await endedJob(server, code);
      mkdirSync(join(server.work, 'outside', 'artifacts'), { recursive: true });
      writeFileSync(join(server.work, 'outside', 'artifacts', 'secret'), 'secret text');
      writeFileSync(join(server.work, 'outside', 'script.py'), 'secret text');
      const base = `/api/v1/jobs/${id}/artifacts`;
      expect((await server.get(base)).artifacts).toEqual([]);
      expect((await server.ask('GET', `${base}/secret`)).status).toBe(404);
      const { source } = await server.get(`/api/v1/jobs/${id}/source`);
      expect(source?.includes('secret text') ?? false).toBe(false);
    }
  });

  test('what the runtime writes beside them is read with the same care', async () => {
    const server = served();
    for (const trap of ['os.mkfifo(path)', 'os.symlink("/dev/zero", path)', 'os.mkdir(path)']) {
      const names = [
        ...['usage.json', 'order', 'benchmark.json'].map((name) => `.python_mcp/${name}`),
        'script.py',
      ];
      const code = `
import os, shutil
os.chdir(os.path.dirname(os.environ["PYTHON_MCP_ARTIFACTS"]))
for path in ${JSON.stringify(names)}:
    if os.path.exists(path): os.unlink(path)
    ${trap}
print("done", flush=True)
os._exit(0)`;
      const id = await endedJob(server, code);
      expect((await server.get(`/api/v1/jobs/${id}/output`)).text).toBe('done\n');
      expect((await server.get(`/api/v1/jobs/${id}`)).job.result.usage).toBeNull();
      expect((await server.get(`/api/v1/jobs/${id}/source`)).source).toBeNull();
      expect((await server.ask('POST', `/api/v1/jobs/${id}/rerun`)).status).toBe(400);
    }
  });
});

describe('acceptance 50', () => {
  test('eight pipes, listed and read at once, hold up nobody', async () => {
    const server = served();
    const code = `import os\nos.chdir(os.environ["PYTHON_MCP_ARTIFACTS"])\nfor n in range(8): os.mkfifo(f"pipe{n}")`;
    const id = await endedJob(server, code);
    const base = `/api/v1/jobs/${id}/artifacts`;
    const names = Array.from({ length: 8 }, (_, index) => `pipe${index}`);
    const trapped = [...names, ...names].map((name) => server.ask('GET', `${base}/${name}`));
    const lists = names.map(() => server.get(base));
    await expectServed(server);
    for (const { status } of await Promise.all(trapped)) expect(status).toBe(404);
    for (const { artifacts } of await Promise.all(lists)) expect(artifacts).toEqual([]);
  });

  test('nor do pipes where a script, its settings or its project are looked for', async () => {
    const server = served();
    const names = ['script.py', 'variables.env', 'pyproject.toml', 'uv.lock', 'requirements.txt'];
    const folders = ['', '.venv'].map((name) => join(server.work, 'project', name));
    for (const folder of folders) mkdirSync(folder, { recursive: true });
    const [project, venv] = folders as [string, string];
    execFileSync('mkfifo', [...names.map((name) => join(project, name)), join(venv, 'pyvenv.cfg')]);
    execFileSync('mkfifo', [join(server.home, 'scripts', 'pipe.py')]);
    const run = (more: object): Promise<Answer> =>
      server.ask('POST', '/api/v1/jobs', { body: JSON.stringify({ directory: project, ...more }) });
    const inline = { script_content: 'print(1)' };
    const refused = Array.from({ length: 8 }, () => [
      run({ script_path: 'script.py' }),
      run({ ...inline, env_file: 'variables.env' }),
      server.ask('GET', '/api/v1/scripts/pipe'),
    ]).flat();
    await expectServed(server);
    for (const answer of await Promise.all(refused)) expect(answer.status).toBe(400);
    const started = await Promise.all([run(inline), run({ ...inline, use_uv: false })]);
    await expectServed(server);
    for (const answer of started) await server.ended(JSON.parse(answer.text).job.id);
    expect((await server.get('/api/v1/scripts')).scripts).toEqual([]);
  });
});

describe('acceptance 51', () => {
  test('a sibling whose name begins like the folder is not part of it', async () => {
    const server = served();
    const id = await endedJob(server, 'print(1)');
    const work = join(server.home, 'jobs', id, 'work');
    const evil = join(work, 'artifacts-evil');
    mkdirSync(evil);
    writeFileSync(join(evil, 'x'), 'secret text');
    symlinkSync(evil, join(work, 'artifacts', 'sibling'));
    symlinkSync(join(evil, 'x'), join(work, 'artifacts', 'file'));
    const base = `/api/v1/jobs/${id}/artifacts`;
    const ways = ['sibling/x', 'file', '../artifacts-evil/x', '..%2fartifacts-evil%2fx'];
    for (const way of [...ways, '%2e%2e/artifacts-evil/x', '-evil/x']) {
      const { status, text } = await server.ask('GET', `${base}/${way}`);
      expect([way, [400, 404].includes(status)]).toEqual([way, true]);
      expect(text).not.toContain('secret text');
    }
    expect((await server.ask('GET', `${base}-evil/x`)).status).toBe(404);
    const other = join(server.home, 'jobs', `${id}-evil`);
    mkdirSync(join(other, 'work', 'artifacts'), { recursive: true });
    writeFileSync(join(other, 'work', 'artifacts', 'x'), 'secret text');
    expect((await server.ask('GET', `/api/v1/jobs/${id}-evil/artifacts/x`)).status).toBe(404);
  });
});

describe('acceptance 55', () => {
  test.each(['DELETE', 'prune'])('%s leaves alone what a job links to', async (way) => {
    const server = served();
    const { OUTSIDE } = secretsOf(server);
    const links = `
import os, shutil
outside, artifacts = os.environ["OUTSIDE"], os.environ["PYTHON_MCP_ARTIFACTS"]
work = os.path.dirname(artifacts)
os.symlink(outside, artifacts + "/home")
os.symlink(outside + "/precious", artifacts + "/file")
os.symlink(artifacts, artifacts + "/loop")
os.symlink(outside, work + "/home")
`;
    const replaced = `${links}os.chdir("/")\nshutil.rmtree(work)\nos.symlink(outside, work)\nos._exit(0)`;
    const ids = [await endedJob(server, links), await endedJob(server, replaced)];
    const before = modeOf(OUTSIDE);
    if (way === 'prune') {
      const body = { keep_completed: false, keep_failed: false, max_age_hours: 0 };
      expect((await server.post('/api/v1/jobs/prune', body)).removed).toBe(2);
    }
    for (const id of ids) {
      if (way === 'DELETE') await server.ask('DELETE', `/api/v1/jobs/${id}`);
      expect(existsSync(join(server.home, 'jobs', id))).toBe(false);
      expect((await server.ask('GET', `/api/v1/jobs/${id}`)).status).toBe(404);
    }
    expect(readFileSync(join(OUTSIDE, 'precious'), 'utf8')).toBe('here');
    expect(modeOf(OUTSIDE)).toBe(before);
  });
});

async function endedJob(server: HttpTestServer, code: string): Promise<string> {
  const id = await server.start(code, { env_vars: secretsOf(server) });
  expect((await server.ended(id)).status).toBe('completed');
  return id;
}

/** A file and a folder that no reply may have anything of. */
function secretsOf({ work }: HttpTestServer): { SECRET: string; OUTSIDE: string } {
  const outside = join(work, 'outside');
  const secret = join(work, 'secret');
  if (!existsSync(outside)) {
    mkdirSync(outside);
    for (const path of [secret, join(outside, 'secret')]) writeFileSync(path, 'secret text');
    writeFileSync(join(outside, 'precious'), 'here');
  }
  rmSync(join(outside, 'artifacts'), { recursive: true, force: true });
  return { SECRET: secret, OUTSIDE: outside };
}

/** Calls that have nothing to do with any trap, each of a kind of its own. */
async function expectServed(server: HttpTestServer): Promise<void> {
  const paths = ['/api/v1/health', '/api/v1/jobs', '/', '/metrics', '/api/v1/environments'];
  for (const path of paths) {
    expect([path, (await server.ask('GET', path)).status]).toEqual([path, 200]);
  }
}

/** Answered, and not read any further than the first bytes that came with the head. */
async function openPaused({ port, token }: HttpTestServer, path: string): Promise<IncomingMessage> {
  const headers = { authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, headers, agent: false }, resolve).on('error', reject);
  });
}

async function bytesOf(
  stream: IncomingMessage,
): Promise<{ bytes: number; others: number; whole: boolean }> {
  let [bytes, others] = [0, 0];
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      others += chunk.filter((byte) => byte !== 0x67).length;
    }
    return { bytes, others, whole: stream.complete };
  } catch {
    return { bytes, others, whole: false };
  }
}

function nameOf({ name }: { name: string }): string {
  return name;
}

function modeOf(folder: string): string {
  return execFileSync('ls', ['-lA', '--time-style=+', folder], { encoding: 'utf8' });
}

import { execFileSync } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type HttpTestServer, startHttpServer } from './http-server.ts';

const HOSTILE_NAMES = [
  '../script.py',
  '..%2Fscript.py',
  '%2e%2e/script.py',
  '%2e%2e%2fscript.py',
  '..%5cscript.py',
  '/etc/passwd',
  '%2Fetc%2Fpasswd',
  'a%00b',
  '.',
  '..',
  '%2e',
  'x/../../script.py',
  'x//y',
  'a%0ab',
  'con%2e',
  'x'.repeat(300),
  `${'y/'.repeat(600)}z`,
  '--help',
  '%ff',
  '%',
];

test('names that lead elsewhere find nothing', async () => {
  const server = await startHttpServer();
  const id = await server.start('print(1)');
  await server.ended(id);
  const artifacts = `/api/v1/jobs/${id}/artifacts`;
  for (const name of HOSTILE_NAMES) {
    const { status, text } = await server.ask('GET', `${artifacts}/${name}`);
    expect([name, status >= 400 && status < 500]).toEqual([name, true]);
    expect(text).not.toContain('root:');
    const job = await server.ask('GET', `/api/v1/jobs/${name}/output`);
    expect([name, job.status >= 400 && job.status < 500]).toEqual([name, true]);
    const removed = await server.ask('DELETE', `/api/v1/jobs/${name}`);
    expect([name, removed.status >= 400 && removed.status < 500]).toEqual([name, true]);
    const body = JSON.stringify({ source: 'print(1)' });
    const saved = await server.ask('PUT', `/api/v1/scripts/${name}`, { body });
    expect([name, saved.status >= 400 && saved.status < 500]).toEqual([name, true]);
  }
  expect((await server.get('/api/v1/scripts')).scripts).toEqual([]);
  expect(existsSync(join(server.home, 'jobs', id))).toBe(true);
});

test('artifacts that are no plain files are neither listed nor given', async () => {
  const server = await startHttpServer();
  const { id, folder } = await jobWithArtifacts(server);
  const secret = join(server.work, 'secret');
  writeFileSync(secret, 'secret');
  const evil = `${folder}-evil`;
  mkdirSync(evil);
  writeFileSync(join(evil, 'x'), 'secret');
  symlinkSync(secret, join(folder, 'link'));
  symlinkSync(server.work, join(folder, 'linked-folder'));
  symlinkSync(evil, join(folder, 'sibling'));
  linkSync(secret, join(folder, 'hard'));
  execFileSync(
    'mkfifo',
    Array.from({ length: 8 }, (_, index) => join(folder, `pipe${index}`)),
  );
  mkdirSync(join(folder, 'folder'));
  writeFileSync(join(folder, 'folder', 'good.txt'), 'good');
  const base = `/api/v1/jobs/${id}/artifacts`;
  const { artifacts } = await server.get(base);
  expect(artifacts.map(({ name }: { name: string }) => name)).toEqual(['folder/good.txt']);
  const names = ['link', 'linked-folder/secret', 'sibling/x', 'hard', 'folder', 'none'];
  const pipes = Array.from({ length: 8 }, (_, index) => `pipe${index}`);
  const answers = await Promise.all(
    [...names, ...pipes].map((name) => server.ask('GET', `${base}/${name}`)),
  );
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
  expect((await server.ask('GET', `${base}/folder/good.txt`)).text).toBe('good');
  expect((await server.get('/api/v1/health')).status).toBe('ok');
});

test('an artifacts folder that the job replaced by a link is empty', async () => {
  const server = await startHttpServer();
  const id = await server.start(
    `import os\na = os.environ["PYTHON_MCP_ARTIFACTS"]\nos.rmdir(a)\nos.symlink(${JSON.stringify(server.work)}, a)`,
  );
  writeFileSync(join(server.work, 'secret.txt'), 'secret');
  await server.ended(id);
  expect((await server.get(`/api/v1/jobs/${id}/artifacts`)).artifacts).toEqual([]);
  expect((await server.ask('GET', `/api/v1/jobs/${id}/artifacts/secret.txt`)).status).toBe(404);
});

test('downloads are attachments under a safe name, whatever they are called and contain', async () => {
  const server = await startHttpServer();
  const { id, folder } = await jobWithArtifacts(server);
  const names = [
    'page.html',
    'image.svg',
    'paper.pdf',
    'a"b;c.txt',
    'ünïcode 😀.png',
    'n'.repeat(250),
  ];
  for (const name of names) writeFileSync(join(folder, name), '<script>alert(1)</script>');
  for (const name of names) {
    const path = `/api/v1/jobs/${id}/artifacts/${encodeURIComponent(name)}`;
    const { status, headers, text } = await server.ask('GET', path);
    expect([name, status, text]).toEqual([name, 200, '<script>alert(1)</script>']);
    const disposition = String(headers['content-disposition']);
    expect(disposition).toMatch(/^attachment; filename="[\w. -]*"; filename\*=UTF-8''[\w.%~!-]*$/);
    expect(headers['content-security-policy']).toMatch(/^sandbox/);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['content-type']).not.toMatch(/html|svg|pdf|xml/);
    expect(headers['set-cookie']).toBeUndefined();
  }
  // A line break in a name cannot be asked for; such a file is not listed either.
  writeFileSync(join(folder, 'a"\r\nSet-Cookie: x'), '1');
  const listed = (await server.get(`/api/v1/jobs/${id}/artifacts`)).artifacts as { name: string }[];
  expect(listed.map(({ name }) => name).sort()).toEqual([...names].sort());
});

test('ranges of an artifact', async () => {
  const server = await startHttpServer();
  const { id, folder } = await jobWithArtifacts(server);
  writeFileSync(join(folder, 'digits.txt'), '0123456789');
  const path = `/api/v1/jobs/${id}/artifacts/digits.txt`;
  const part = async (range: string) => server.ask('GET', path, { headers: { range } });
  expect(await part('bytes=2-4')).toMatchObject({ status: 206, text: '234' });
  expect((await part('bytes=2-4')).headers['content-range']).toBe('bytes 2-4/10');
  expect(await part('bytes=-3')).toMatchObject({ status: 206, text: '789' });
  expect(await part('bytes=8-99')).toMatchObject({ status: 206, text: '89' });
  expect((await part('bytes=10-')).status).toBe(416);
  expect(await part('bytes=0-1,3-4')).toMatchObject({ status: 200, text: '0123456789' });
  expect(await server.ask('HEAD', path)).toMatchObject({ status: 200, text: '' });
});

test('removing a job leaves alone what its folder links to', async () => {
  const server = await startHttpServer();
  const { id, folder } = await jobWithArtifacts(server);
  writeFileSync(join(server.work, 'precious'), 'here');
  symlinkSync(server.work, join(folder, 'home'));
  expect((await server.ask('DELETE', `/api/v1/jobs/${id}`)).status).toBe(204);
  expect(existsSync(join(server.home, 'jobs', id))).toBe(false);
  expect(readFileSync(join(server.work, 'precious'), 'utf8')).toBe('here');
  expect((await server.ask('GET', `/api/v1/jobs/${id}`)).status).toBe(404);
});

test('inline code that the job replaced is not followed', async () => {
  const server = await startHttpServer();
  writeFileSync(join(server.work, 'secret'), 'print("secret")');
  const id = await server.start(
    `import os\nos.unlink(__file__)\nos.symlink(${JSON.stringify(join(server.work, 'secret'))}, __file__)`,
  );
  await server.ended(id);
  expect((await server.get(`/api/v1/jobs/${id}/source`)).source).toBeNull();
  expect((await server.ask('POST', `/api/v1/jobs/${id}/rerun`)).status).toBe(400);
});

async function jobWithArtifacts(server: HttpTestServer): Promise<{ id: string; folder: string }> {
  const id = await server.start('print(1)');
  await server.ended(id);
  return { id, folder: join(server.home, 'jobs', id, 'work', 'artifacts') };
}

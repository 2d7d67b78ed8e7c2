/** Names from elsewhere, and downloads: acceptance tests 47, 48, 53 and 54 (docs/security.md). */
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROUTES } from '../../../src/http/routes/route-table.ts';
import { each } from './every-request.ts';
import { fileServer } from './file-server.ts';
import { type HttpTestServer } from './http-server.ts';

const served = fileServer();

/** As they stand in an address. */
const HOSTILE_NAMES = [
  '',
  '.',
  '..',
  '%2e',
  '%2e%2e',
  '../script.py',
  '..%2Fscript.py',
  '%2e%2e/script.py',
  '%2e%2e%2fscript.py',
  '..%5cscript.py',
  '/etc/passwd',
  '%2Fetc%2Fpasswd',
  'a%00b',
  '%00',
  'x/../../script.py',
  'x//y',
  'a%0ab',
  'a%0d%0ab',
  'con%2e',
  'nul.',
  'dot.',
  'blank%20',
  '%20blank',
  '.hidden',
  'x'.repeat(300),
  `${'y/'.repeat(600)}z`,
  '--help',
  '-rf',
  '~',
  '$HOME',
  '*',
  '%ff',
  '%',
  '%EF%BD%86%EF%BD%95%EF%BD%8C%EF%BD%8C', // full-width letters
  '%D0%B0', // a Cyrillic letter
  '%E2%80%AEyp.x',
];
/** On some disks these are the same as others, on some systems devices. */
const UNSAFE_SCRIPTS = ['Foo', 'FOO', 'fo%C3%B6', 'con', 'nul', 'com1', 'a.b', 'x%2epy'];

describe('acceptance 47', () => {
  test('names that lead elsewhere find nothing and touch nothing, on every route with a name', async () => {
    const server = served();
    const id = await server.start('print(1)');
    await server.ended(id);
    await server.ask('PUT', '/api/v1/scripts/foo', { body: JSON.stringify({ source: 'pass' }) });
    const before = filesOf(server);
    const routes = ROUTES.filter(({ path }) => path.includes(':'));
    expect(routes.length).toBeGreaterThan(10);
    for (const name of HOSTILE_NAMES) {
      await each(addressesOf(routes, id, name), async ({ method, path }) => {
        const body = JSON.stringify(path.endsWith('/input') ? { text: 'x' } : bodyFor(path));
        const { status, text } = await server.ask(method, path, method === 'GET' ? {} : { body });
        expect([method, path, status >= 400 && status < 500]).toEqual([method, path, true]);
        expect(text).not.toContain('root:');
      });
    }
    expect(filesOf(server)).toEqual(before);
  });
});

describe('acceptance 48', () => {
  test('a script has one name, whatever the disk makes of letters', async () => {
    const server = served();
    const save = async (name: string, body: object): Promise<number> =>
      (await server.ask('PUT', `/api/v1/scripts/${name}`, { body: JSON.stringify(body) })).status;
    expect(await save('foo', { source: 'print("mine")' })).toBe(200);
    for (const name of UNSAFE_SCRIPTS) {
      expect([name, await save(name, { source: 'other', overwrite: true })]).toEqual([name, 400]);
      expect((await server.ask('GET', `/api/v1/scripts/${name}`)).status).toBe(400);
    }
    expect(await save('foo', { source: 'other' })).toBe(400);
    expect((await server.get('/api/v1/scripts/foo')).source).toBe('print("mine")');
    expect(readdirSync(join(server.home, 'scripts'))).toEqual(['foo.py']);
  });
});

describe('acceptance 53', () => {
  test('a download has a safe name, whatever the file is called', async () => {
    const server = served();
    const { id, folder } = await jobWithArtifacts(server);
    const deep = Array.from({ length: 4 }, () => 'd'.repeat(200)).join('/');
    const names = [
      'a"b;c.txt',
      "it's (1)*.txt",
      'a%0d%0aSet-Cookie: x',
      '..\u2024.. x',
      'ünïcode 😀.png',
      'C1\u009b31m\u0085.txt',
      '\u202egnp.exe',
      'tag\u{e0041}\u{e0042}.txt',
      'n'.repeat(255),
      `${deep}/${'f'.repeat(200)}`,
    ];
    for (const name of names) {
      mkdirSync(join(folder, name, '..'), { recursive: true });
      writeFileSync(join(folder, name), 'content');
      const path = name.split('/').map(encodeURIComponent).join('/');
      const answer = await server.ask('GET', `/api/v1/jobs/${id}/artifacts/${path}`);
      expect([name, answer.status, answer.text]).toEqual([name, 200, 'content']);
      const disposition = String(answer.headers['content-disposition']);
      const form = /^attachment; filename="([\w. -]+)"; filename\*=UTF-8''([\w.%~!-]+)$/;
      const [, plain = '', encoded = ''] = form.exec(disposition) ?? [];
      for (const given of [plain, decodeURIComponent(encoded)]) {
        expect(given).toMatch(/^[^/\\\p{Control}\p{Bidi_Control}\u{e0000}-\u{e007f}]{1,150}$/u);
      }
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
  });

  test('what cannot be a name anywhere is as if it were not there', async () => {
    const server = served();
    const { id, folder } = await jobWithArtifacts(server);
    for (const name of ['a"\r\nSet-Cookie: x', 'a\nb', 'back\\slash', '\x1b[2J', '\x7f']) {
      writeFileSync(join(folder, name), 'content');
      const path = `/api/v1/jobs/${id}/artifacts/${encodeURIComponent(name)}`;
      const { status, headers } = await server.ask('GET', path);
      expect([name, status, headers['content-disposition']]).toEqual([name, 404, undefined]);
    }
    expect((await server.get(`/api/v1/jobs/${id}/artifacts`)).artifacts).toEqual([]);
    const raw = await server.ask('GET', `/api/v1/jobs/${id}/output?raw=1`);
    expect(raw.headers['content-disposition']).toBe(`attachment; filename="${id}-stdout.log"`);
  });
});

describe('acceptance 54', () => {
  test.each(['GET', 'HEAD'])(
    '%s gives pages as attachments that no browser runs',
    async (method) => {
      const server = served();
      const { id, folder } = await jobWithArtifacts(server);
      const markup =
        '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"></svg><script>1</script>';
      const ends = [
        'html',
        'HTML',
        'htm',
        'xhtml',
        'svg',
        'svgz',
        'pdf',
        'xml',
        'xsl',
        'mht',
        'js',
        'css',
      ];
      const names = [...ends, 'swf', 'wasm', 'mjs', 'png', 'txt', 'csv'].map(
        (end) => `page.${end}`,
      );
      for (const name of [...names, 'page', 'page.html.', 'page.html%20']) {
        writeFileSync(join(folder, decodeURIComponent(name)), markup);
        for (const headers of [{}, { range: 'bytes=0-' }]) {
          const path = `/api/v1/jobs/${id}/artifacts/${name}`;
          const answer = await server.ask(method, path, { headers });
          expect([name, answer.status < 300]).toEqual([name, true]);
          expect(answer.headers).toMatchObject({
            'content-disposition': expect.stringMatching(/^attachment; /),
            'content-security-policy': "sandbox; default-src 'none'",
            'x-content-type-options': 'nosniff',
            'content-type': expect.stringMatching(
              /^(?:application\/octet-stream|image\/png|text\/plain; charset=utf-8)$/,
            ),
          });
        }
      }
    },
  );

  test('raw output is given in the same way', async () => {
    const server = served();
    const id = await server.start('print("<html><script>alert(1)</script>")');
    await server.ended(id);
    for (const query of ['raw=1', 'plain=1', 'max=1000']) {
      const { headers } = await server.ask('GET', `/api/v1/jobs/${id}/output?${query}`);
      expect(headers['content-type']).toMatch(/^(?:application\/|text\/plain)/);
      expect(headers['content-security-policy']).toMatch(/sandbox|default-src 'none'/);
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
  });
});

test('ranges of an artifact', async () => {
  const server = served();
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

test('inline code that the job replaced is not followed', async () => {
  const server = served();
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

interface NamedRoute {
  method: string;
  path: string;
}

/** Each route with the name in each of its places, the others being right. */
function addressesOf(routes: readonly NamedRoute[], id: string, name: string): NamedRoute[] {
  return routes.flatMap(({ method, path }) => {
    const inName = path.replace(':id', id).replace(/:name(?:\{\.\+\})?/, name);
    const inId = path.replace(':id', name).replace(/:name(?:\{\.\+\})?/, 'x');
    const query = path.endsWith('/search') ? '?q=x' : path.endsWith('/line') ? '?line=1' : '';
    const targets = [path.includes(':name') ? inName : null, path.includes(':id') ? inId : null];
    return targets.flatMap((target) => (target === null ? [] : [{ method, path: target + query }]));
  });
}

function bodyFor(path: string): object {
  return path.includes('/scripts/') ? { source: 'pass', overwrite: true } : {};
}

/** Everything that is not written by itself, with size and time. */
function filesOf({ home, work }: HttpTestServer): string[] {
  return [home, work].flatMap((root) =>
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((name) => !/^(?:logs|meta|cache|runtime)(?:\/|$)/.test(name))
      .map(
        (name) =>
          `${name} ${statSync(join(root, name)).size} ${statSync(join(root, name)).mtimeMs}`,
      ),
  );
}

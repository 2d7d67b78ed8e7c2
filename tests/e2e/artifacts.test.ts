/** What a script makes, as its clients get it: pictures to be seen, names, resources. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Era, ToolReply } from '../support/mcp-session.ts';
import { ERAS } from '../support/mcp-session.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { fileServer } from './file-server.ts';

const served = fileServer();

/** `png(name, width, height)` makes a picture of one colour with the standard library alone. */
const PNG = `
import os, struct, sys, zlib
folder = os.environ["PYTHON_MCP_ARTIFACTS"]
def png(name, width, height, row=None):
    def chunk(kind, content):
        return (struct.pack(">I", len(content)) + kind + content
                + struct.pack(">I", zlib.crc32(kind + content)))
    packer = zlib.compressobj(1)
    line = b"\\0" + (b"\\x20\\x80\\xe0" * width if row is None else row)
    data = b"".join(packer.compress(line) for _ in range(height)) + packer.flush()
    with open(os.path.join(folder, name), "wb") as file:
        file.write(b"\\x89PNG\\r\\n\\x1a\\n"
            + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", data) + chunk(b"IEND", b""))
`;
const IMAGE_BYTES = 200_000;

interface Content {
  type: string;
  text?: string;
  data?: string;
  mimeType?: string;
  name?: string;
  uri?: string;
  size?: number;
  description?: string;
}

async function run(server: TestServer, code: string): Promise<ToolReply & { content: Content[] }> {
  const script = { directory: server.work, script_content: code };
  const reply = await server.session.callTool('py_run_script_in_dir', script);
  // Hosts that show the structured content alone would show no picture beside it.
  expect(reply.structuredContent === undefined).toBe(images(reply).length > 0);
  const result = JSON.parse(String(reply.content[0]?.text));
  expect(result).toMatchObject({ status: 'completed', stderr: '' });
  return { ...reply, structuredContent: result };
}

const hasResult = ({ content }: ToolReply) =>
  Boolean(JSON.parse(String(content[0]?.text)).job.result);
const images = ({ content }: { content: Content[] }) =>
  content.filter(({ type }) => type === 'image');
/** What the result says about each of them. */
const listed = ({ structuredContent }: ToolReply) =>
  (structuredContent as { artifacts: { name: string; uri: string; note?: string }[] }).artifacts;

/** Width, height and the length of the pixels, which must inflate. */
function measure({ data = '', mimeType }: Content) {
  const file = Buffer.from(data, 'base64');
  expect(mimeType).toBe('image/png');
  const [width, height] = [file.readUInt32BE(16), file.readUInt32BE(20)];
  const pixels = inflateSync(file.subarray(file.indexOf('IDAT') + 4));
  return { width, height, rowBytes: pixels.length / height };
}

describe.each(ERAS)('a picture, for a client of kind %s,', (era: Era) => {
  test('comes back with the result and opens', async () => {
    const server = await startServer({ era });
    const reply = await run(server, `${PNG}\npng("plot.png", 64, 48)`);
    const id = String(reply.structuredContent?.['job_id']);
    const uri = `job://${id}/artifacts/plot.png`;
    const bytes = readFileSync(join(server.home, 'jobs', id, 'work/artifacts/plot.png'));
    expect(reply.structuredContent).toMatchObject({
      artifacts: [{ name: 'plot.png', type: 'image/png', bytes: bytes.length, uri }],
    });
    expect(reply.content.map(({ type }) => type)).toEqual(['text', 'image']);
    const [picture] = images(reply);
    expect(picture?.data).toBe(bytes.toString('base64'));
    expect(measure(picture as Content)).toEqual({ width: 64, height: 48, rowBytes: 64 * 3 + 1 });
    expect(listed(reply)[0]?.note).toBeUndefined();
  });

  test('can be read as a resource', async () => {
    const server = await startServer({ era });
    const reply = await run(server, `${PNG}\npng("a, b#1 ä.png", 10, 10)`);
    const uri = String(listed(reply)[0]?.uri);
    const { contents } = await server.session.client.readResource({ uri });
    const [blob] = contents as { blob: string; mimeType: string }[];
    expect(blob?.mimeType).toBe('image/png');
    expect(blob?.blob).toBe(images(reply)[0]?.data);
  });
});

describe('pictures', () => {
  test('of a background job come once to each reader, with the reply that tells the end', async () => {
    const server = served();
    const id = await server.start(`${PNG}\npng("plot.png", 64, 48)`);
    const poll = (args: object = {}) =>
      server.session.callTool('py_job_status', { job_id: id, wait_seconds: 1, ...args });
    let reply = await poll();
    while (!hasResult(reply)) {
      expect(reply.content).toHaveLength(1);
      reply = await poll();
    }
    expect(reply.content.map(({ type }) => type)).toEqual(['text', 'image']);
    expect(reply.structuredContent).toBeUndefined();
    expect((await poll()).content).toHaveLength(1);
    expect((await poll({ incremental: true })).content).toHaveLength(1);
    expect(images(await poll({ reader: 'other' }))).toHaveLength(1);
    expect((await poll()).structuredContent).toMatchObject({
      job: { result: { artifacts: [{ name: 'plot.png' }] } },
    });
  });

  test('of a run that was waited for are not sent again', async () => {
    const server = served();
    const { structuredContent } = await run(server, `${PNG}\npng("plot.png", 64, 48)`);
    const status = { job_id: structuredContent?.['job_id'] };
    expect((await server.session.callTool('py_job_status', status)).content).toHaveLength(1);
  });

  test('that are many are shown first and last, within 600 KB', async () => {
    const server = served();
    const code = `
for i in range(1, 21):
    png("figure-%d.png" % i, 400, 300, os.urandom(1200))
    os.utime(os.path.join(folder, "figure-%d.png" % i), (1e9, 1e9))`;
    const reply = await run(server, PNG + code);
    const numbered = listed(reply).filter(({ note }) => note?.startsWith('picture'));
    expect(numbered.map(({ name }) => name)).toEqual(
      [1, 2, 19, 20].map((number) => `figure-${number}.png`),
    );
    expect(listed(reply)).toHaveLength(20);
    expect(listed(reply)[2]?.note).toBe('seen by py_job_output(artifact=name)');
    expect(images(reply)).toHaveLength(4);
    const sizes = images(reply).map(({ data = '' }) => data.length);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(600_000);
  });

  test('too large for a reply are made smaller', async () => {
    const server = served();
    const noise = `
import zlib
real = zlib.compressobj
zlib.compressobj = lambda level: real(0)
png("large.png", 700, 500, os.urandom(2100))`;
    const reply = await run(server, PNG + noise);
    const [picture] = images(reply);
    expect(picture?.data?.length).toBeLessThanOrEqual(IMAGE_BYTES);
    const { width, height, rowBytes } = measure(picture as Content);
    expect(width / height).toBeCloseTo(700 / 500, 1);
    expect(rowBytes).toBe(width * 3 + 1);
    expect(listed(reply)[0]?.note).toBe(`700×500, shown as ${width}×${height}`);
  });

  test('of too many pixels are named without being decoded', async () => {
    const server = await startServer();
    const reply = await run(server, `${PNG}\npng("huge.png", 8000, 8000)`);
    expect(images(reply)).toEqual([]);
    expect(listed(reply)).toMatchObject([
      { name: 'huge.png', note: 'not shown: it is too large (8000×8000 pixels)' },
    ]);
  });

  test('that cannot be opened are named, and say why', async () => {
    const server = served();
    const code = `
png("a.png", 400, 300, os.urandom(1200))
whole = open(os.path.join(folder, "a.png"), "rb").read()
open(os.path.join(folder, "cut.png"), "wb").write(whole[:-300])
open(os.path.join(folder, "bits.png"), "wb").write(whole[:200] + b"x" + whole[201:])
open(os.path.join(folder, "cut.jpg"), "wb").write(b"\\xff\\xd8\\xff\\xe0\\0\\x10JFIF")
os.unlink(os.path.join(folder, "a.png"))`;
    const reply = await run(server, PNG + code);
    expect(images(reply)).toEqual([]);
    const why = Object.fromEntries(listed(reply).map(({ name, note }) => [name, note]));
    expect(why).toEqual({
      'cut.png': 'not shown: it is cut short or damaged',
      'bits.png': 'not shown: it is cut short or damaged',
      'cut.jpg': 'not shown: it is cut short or damaged',
    });
  });
});

test('artifacts that are traps are neither followed nor waited for', async () => {
  const server = served();
  const reply = await run(
    server,
    `${PNG}
import pathlib
home = pathlib.Path(folder)
(home / "passwd.png").symlink_to("/etc/passwd")
os.mkfifo(home / "pipe.png")
outside = home.parent / "script.py"
os.link(outside, home / "hard.png")
(home / "folder.png").mkdir()
(home / "away").symlink_to("/etc")
(home / (".growing.png")).write_bytes(b"\\x89PNG\\r\\n\\x1a\\n")
(home / ("n" * 251 + ".txt")).write_text("long name")
(home / "page.png").write_text("<html><script>alert(1)</script></html>")
(home / "picture.bin").write_bytes(b"GIF89a" + bytes([2, 0, 2, 0]) + b"\\0" * 20 + b";")
for name in ("page.png", "picture.bin"): os.utime(home / name, (1e9, 1e9))
(home / "lines\\nand\\x1b[31m.txt").write_text("controls")
for i in range(200): (home / ("%d-" % i + "x" * 200)).write_text("")
`,
  );
  const {
    job_id: id,
    artifacts,
    artifacts_total: total,
  } = reply.structuredContent as never as {
    job_id: string;
    artifacts: { name: string; type: string }[];
    artifacts_total: number;
  };
  expect(total).toBe(203);
  expect(artifacts.length).toBeLessThanOrEqual(50);
  expect(JSON.stringify(artifacts).length).toBeLessThan(20_000);
  const types = Object.fromEntries(artifacts.map(({ name, type }) => [name, type]));
  expect(types['page.png']).toBe('application/octet-stream');
  expect(types['picture.bin']).toBe('image/gif');
  expect(images(reply)).toMatchObject([{ mimeType: 'image/gif' }]);
  const names = ['passwd.png', 'pipe.png', 'hard.png', 'folder.png', 'away/passwd', '../script.py'];
  for (const name of [...names, '%2e%2e/script.py', '%zz', 'no.such']) {
    const uri = `job://${id}/artifacts/${name.includes('%') ? name : encodeURIComponent(name)}`;
    await expect(server.session.client.readResource({ uri })).rejects.toThrow(
      name.includes('/') && name.includes('%') ? /./ : /has no artifact/,
    );
  }
});

describe('py_job_output(artifact)', () => {
  test('shows a picture, scaled, and text in pages; names the rest, and lists what there is', async () => {
    const server = served();
    const code = `${PNG}
png("plot.png", 64, 48)
open(os.path.join(folder, "rows.csv"), "w").write("".join("row %d ä\\n" % i for i in range(2000)))
open(os.path.join(folder, "model.bin"), "wb").write(bytes(range(256)))`;
    const id = String((await run(server, code)).structuredContent?.['job_id']);
    const show = (artifact: string, more: object = {}) =>
      server.session.callTool('py_job_output', { job_id: id, artifact, ...more });
    const picture = await show('plot.png');
    expect(picture.content.map(({ type }) => type)).toEqual(['text', 'image']);
    expect(picture.content[0]?.text).toMatch(/^plot\.png, \d+ bytes, 64×48 pixels$/);
    let [text, cursor] = ['', '0'];
    while (cursor !== '') {
      const page = String((await show('rows.csv', { cursor })).content[0]?.text);
      expect(page.length).toBeLessThan(9_000);
      const [head = '', ...lines] = page.split('\n');
      text += lines.slice(0, -1).join('\n');
      cursor = /next cursor (\d+)/.exec(head)?.[1] ?? '';
    }
    expect(text.replaceAll('\n', '')).toBe(
      Array.from({ length: 2000 }, (_, index) => `row ${index} ä`).join(''),
    );
    expect((await show('rows.csv', { tail: true })).content[0]?.text).toContain('row 1999 ä\n');
    expect((await show('model.bin')).content[0]?.text).toMatch(
      /neither text nor a picture\. On disk: \//,
    );
    const unknown = await show('plott.png');
    expect(unknown.isError).toBe(true);
    expect(unknown.content[0]?.text).toMatch(
      /^artifact: the job has no "plott\.png"\. There are: .*plot\.png \(image\/png, \d+ bytes\)/,
    );
    expect((await show('../script.py')).isError).toBe(true);
    const none = await server.start('pass');
    await server.ended(none);
    expect(await server.refusal('py_job_output', { job_id: none, artifact: 'x' })).toContain(
      'savefig',
    );
  });
});

describe('resources', () => {
  test('give the newest jobs, both streams, and complete ids and names', async () => {
    const server = await startServer({ era: 'modern' });
    const { client } = server.session;
    const code = `${PNG}\npng("plot.png", 8, 8)\nprint("out")\nprint("err", file=sys.stderr)`;
    const id = await server.start(code);
    await server.ended(id);
    const read = async (uri: string) => {
      const { contents } = await client.readResource({ uri });
      return (contents[0] as { text: string }).text;
    };
    expect(JSON.parse(await read('job://list'))).toMatchObject({ jobs: [{ id }], total: 1 });
    expect(await read(`job://${id}/stdout`)).toBe('out\n');
    expect(await read(`job://${id}/stderr`)).toBe('err\n');
    const complete = async (name: string, value: string, known: Record<string, string> = {}) => {
      const uri = 'job://{id}/artifacts/{name}';
      const ref = { type: 'ref/resource' as const, uri };
      const argument = { name, value };
      const { completion } = await client.complete({
        ref,
        argument,
        context: { arguments: known },
      });
      return completion.values;
    };
    expect(await complete('id', id.slice(0, 5))).toEqual([id]);
    expect(await complete('name', 'pl', { id })).toEqual(['plot.png']);
    expect(await complete('name', 'x', { id })).toEqual([]);
    expect(await complete('name', 'pl', { id: 'nonsense' })).toEqual([]);
    const { resourceTemplates } = await client.listResourceTemplates();
    expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual([
      'job-stream://{job_id}',
      'job://{id}/stdout',
      'job://{id}/stderr',
      'job://{id}/artifacts/{name}',
    ]);
  });

  test('stay bounded, and name the file on disk that does not fit', async () => {
    const server = served();
    const { client } = server.session;
    const reply = await run(
      server,
      `${PNG}\nopen(os.path.join(folder, "model.bin"), "wb").write(b"x" * 600_000)\nprint("o" * 3_000_000)`,
    );
    const id = String(reply.structuredContent?.['job_id']);
    const path = join(server.home, 'jobs', id, 'work/artifacts/model.bin');
    const { contents } = await client.readResource({ uri: `job://${id}/stdout` });
    expect((contents[0] as { text: string }).text.length).toBeLessThan(20_000);
    await expect(client.readResource({ uri: `job://${id}/artifacts/model.bin` })).rejects.toThrow(
      `Read it from disk: ${path}`,
    );
    expect(server.session.longestMessage()).toBeLessThan(100_000);
  });

  test('of a job that is not there say so', async () => {
    const { session } = served();
    for (const uri of ['job://nope/stdout', 'job://nope/artifacts/a.png']) {
      await expect(session.client.readResource({ uri })).rejects.toThrow('There is no job "nope"');
    }
  });
});

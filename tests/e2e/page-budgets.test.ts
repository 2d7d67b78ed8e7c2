import { expect, test } from 'vitest';
import { startServer, type TestServer } from '../support/start-server.ts';

const MB = 1_000_000;
/** 10 MB of lines of many lengths with characters of all widths, redraws and escapes. */
const SCRIPT = `
import sys
written, n = 0, 0
while written < 10_000_000:
    line = f"{n} " + "aé€😀" * (n * 7 % 40) + "\\r\\x1b[2K\\x1b[1mdone\\x1b[0m\\n"
    sys.stdout.write(line)
    written += len(line.encode())
    n += 1
`;

/** Pages of one budget, from the start until `bytes` are there; returns what they are together. */
async function readPages(
  server: TestServer,
  id: string,
  maxBytes: number,
  bytes: number,
): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let cursor = 'c0-0', length = 0; cursor !== '' && length < bytes;) {
    const page = { job_id: id, stream: 'stdout', raw: true, max_bytes: maxBytes, cursor };
    const text = await server.text('py_job_output', page);
    const part = bytesOf(text);
    expect(part.length).toBeLessThanOrEqual(maxBytes);
    expect(part.length).toBeGreaterThan(0);
    parts.push(part);
    length += part.length;
    cursor = / next cursor (c\d+-\d+) /.exec(text)?.[1] ?? '';
  }
  return Buffer.concat(parts);
}

/** The bytes that the header names: a page that does not end a line is shown with a line end. */
function bytesOf(text: string): Buffer {
  const [, from, to] = /stdout bytes (\d+)–(\d+) of /.exec(text) ?? [];
  const body = Buffer.from(text.slice(text.indexOf('\n') + 1));
  return body.subarray(0, Number(to) - Number(from));
}

test('an MCP client gets all of 10 MB with pages of some sizes, and its beginning with the smallest', async () => {
  const server = await startServer();
  const id = await server.start(SCRIPT);
  const { stdout_bytes: size } = await server.ended(id);
  const stored = server.output(id, 'stdout');
  expect(size).toBe(stored.length);
  expect(size).toBeGreaterThanOrEqual(10 * MB);
  for (const maxBytes of [40_000, 39_999, 8_192]) {
    const read = await readPages(server, id, maxBytes, Infinity);
    expect(read.equals(stored)).toBe(true);
  }
  for (const maxBytes of [200, 201, 997]) {
    const read = await readPages(server, id, maxBytes, 100_000);
    expect(read.length).toBeGreaterThanOrEqual(100_000);
    expect(read.equals(stored.subarray(0, read.length))).toBe(true);
  }
});

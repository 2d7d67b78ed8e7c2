/** Plots of a real matplotlib. Runs where a package index can be reached; says so when not. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { ToolReply } from '../../support/mcp-session.ts';
import { startServer, type TestServer } from '../../support/start-server.ts';
import { PYTHON } from '../../support/test-home.ts';
import { waitFor } from '../../support/wait-for.ts';

async function indexReachable(): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'python-mcp-probe-'));
  const args = ['-m', 'pip', 'download', '--no-deps', '--retries', '0', '--timeout', '5'];
  const download = promisify(execFile)(PYTHON, [...args, '--dest', folder, 'six'], {
    timeout: 30_000,
  });
  const reached = await download.then(
    () => true,
    () => false,
  );
  rmSync(folder, { recursive: true });
  return reached;
}

const reachable = await indexReachable();
if (!reachable) console.warn('SKIPPED: no package index can be reached, so no matplotlib.');

const SCRIPT = `
import matplotlib.pyplot as plt
plt.plot([1, 4, 9, 16])
plt.title("Squares")
plt.show()
plt.figure(figsize=(16, 12), dpi=150)
plt.plot(range(1000))
plt.show()
print("shown")
`;

describe.skipIf(!reachable)(`with a package index${reachable ? '' : ' (none reachable)'}`, () => {
  test('plt.show() gives the caller pictures that open', async () => {
    const server = await startServer({ env: indexSettings() });
    const run = { script_content: SCRIPT, async_mode: true };
    const { job_id: id } = await server.call('py_run_script_with_dependencies', run);
    const status = { job_id: id, reader: 'test', incremental: true, wait_seconds: 45 };
    let reply = await server.session.callTool('py_job_status', status);
    let printed = outputOf(reply);
    while (!hasResult(reply)) {
      reply = await server.session.callTool('py_job_status', status);
      printed += outputOf(reply);
    }
    expect(printed).toBe('shown\n');
    expect(JSON.parse(String(reply.content[0]?.text))).toMatchObject({
      job: {
        status: 'completed',
        result: { artifacts: [{ name: 'figure-1.png' }, { name: 'figure-2.png' }] },
      },
    });
    const sizes = { 'figure-1.png': [640, 480], 'figure-2.png': [1568, 1176] };
    for (const [artifact, size] of Object.entries(sizes)) {
      expect(sizeOf(await pictureOf(server, id, artifact))).toEqual(size);
    }
  }, 300_000);
});

/** Its PNG file in base64. A busy machine may have no time to scale it at first. */
function pictureOf(server: TestServer, id: string, artifact: string): Promise<string> {
  const look = async () => {
    const reply = await server.session.callTool('py_job_output', { job_id: id, artifact });
    const picture = reply.content.find(({ type }) => type === 'image');
    return picture && String((picture as { data?: string }).data);
  };
  return waitFor(look, 60_000, artifact);
}

function hasResult({ content }: ToolReply): boolean {
  return Boolean(JSON.parse(String(content[0]?.text)).job.result);
}

function outputOf({ content }: ToolReply): string {
  return JSON.parse(String(content[0]?.text)).job.new_stdout ?? '';
}

/** What leads installers to the index of this machine; a server gets no other variables of ours. */
function indexSettings(): Record<string, string> {
  const settings = Object.entries(process.env).flatMap(([name, value]) =>
    value !== undefined && /^(pip|uv|ssl)_|_proxy$/i.test(name) ? [[name, value]] : [],
  );
  return Object.fromEntries(settings);
}

/** Of a picture whose pixels inflate to what its header says. */
function sizeOf(data: string): [width: number, height: number] {
  const file = Buffer.from(data, 'base64');
  const [width, height] = [file.readUInt32BE(16), file.readUInt32BE(20)];
  const pixels = inflateSync(idatOf(file, file.indexOf('IDAT')));
  const channels = file[25] === 6 ? 4 : 3;
  expect(pixels.length).toBe(height * (width * channels + 1));
  return [width, height];
}

/** The content of all IDAT chunks, which follow each other. */
function idatOf(file: Buffer, first: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = first; file.toString('latin1', at, at + 4) === 'IDAT';) {
    const length = file.readUInt32BE(at - 4);
    parts.push(file.subarray(at + 4, at + 4 + length));
    at += length + 12;
  }
  return Buffer.concat(parts);
}

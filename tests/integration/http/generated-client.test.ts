import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { generate } from 'openapi-typescript-codegen';
import { expect, onTestFinished, test } from 'vitest';
import { waitFor } from '../../support/wait-for.ts';
import { startHttpServer } from './http-server.ts';

test('a client that a generator made from the served document runs a job and reads it', async () => {
  const server = await startHttpServer();
  const {
    OpenAPI,
    ApiError,
    DefaultService: api,
  } = await generatedClient(await server.get('/api/v1/openapi.json'));
  OpenAPI.BASE = `http://127.0.0.1:${server.port}`;
  OpenAPI.TOKEN = server.token;
  const { job } = await api.postJobs({
    directory: server.work,
    script_content: 'import sys\nprint("héllo", sys.argv[1:])',
    args: ['one'],
  });
  await waitFor(
    async () => (await api.getJobsId(job.id)).job.status === 'completed',
    30_000,
    'the end of the job',
  );
  const page = await api.getJobsIdOutput(job.id, 'stdout', '0');
  const bytes = server.output(job.id, 'stdout').length;
  expect(page).toMatchObject({ text: "héllo ['one']\n", next: bytes, ended: true });
  const both = await api.getJobsIdOutput(job.id, 'both');
  expect(both).toMatchObject({ next: `c${bytes}-0`, segments: [{ stream: 'stdout', from: 0 }] });
  const list = await api.getJobs('completed');
  expect(list.jobs.map(({ id }: { id: string }) => id)).toEqual([job.id]);
  const refused = await api.getJobsId('0'.repeat(32)).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ApiError);
  expect(refused).toMatchObject({ status: 404, body: { code: 'unknown_job' } });
});

/** The names in it are the generator's: operations as the document calls them. */
// oxlint-disable-next-line typescript/no-explicit-any
async function generatedClient(document: object): Promise<any> {
  const folder = mkdtempSync(join(tmpdir(), 'python-mcp-client-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const input = join(folder, 'openapi.json');
  writeFileSync(input, JSON.stringify(document));
  await generate({ input, output: join(folder, 'client'), httpClient: 'fetch' });
  const outfile = join(folder, 'client.mjs');
  await build({
    entryPoints: [join(folder, 'client', 'index.ts')],
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile,
    logLevel: 'warning',
  });
  return import(pathToFileURL(outfile).href);
}

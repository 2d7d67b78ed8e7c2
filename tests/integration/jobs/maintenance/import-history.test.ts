/** A home that the Python implementation used before. */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type CommandLine, commandLine } from '../../cli/command-line.ts';

const OLD = {
  a: {
    id: 'a',
    label: 'Processing job',
    status: 'completed',
    created_at: '2025-01-02T03:04:05Z',
    started_at: '2025-01-02T03:04:06Z',
    completed_at: '2025-01-02T03:05:06Z',
    result: { stdout: 'one\ntwo\n', stderr: 'careful\n', exit_code: 0 },
  },
  b: { label: 'broken', status: 'failed', result: { stdout: '', exit_code: 3 } },
  c: { label: 'cut off', status: 'running', partial_stdout: 'half' },
};

function homeWith(content: string): CommandLine & { path: string } {
  const cli = commandLine();
  const path = join(cli.home, 'meta', 'jobs.json');
  mkdirSync(join(cli.home, 'meta'), { recursive: true, mode: 0o700 });
  writeFileSync(path, content);
  return { ...cli, path };
}

interface Row {
  id: string;
  label: string;
  status: string;
}

async function listed(cli: CommandLine): Promise<Row[]> {
  const { out } = await cli.run('jobs', '--json');
  return (JSON.parse(out) as { jobs: Row[] }).jobs;
}

test('its jobs are in the list with their output, once, and its file is kept whole', async () => {
  const content = JSON.stringify({ jobs: OLD });
  const cli = homeWith(content);
  const first = await listed(cli);
  expect(new Map(first.map(({ label, status }) => [label, status]))).toEqual(
    new Map([
      ['Processing job', 'completed'],
      ['broken', 'failed'],
      ['cut off', 'failed'],
    ]),
  );
  const { id = '' } = first.find(({ label }) => label === 'Processing job') ?? {};
  expect((await cli.run('output', id)).out).toContain('one\ntwo\n');
  expect(readFileSync(cli.path.replace('.json', '.python.json'), 'utf8')).toBe(content);
  expect(await listed(cli)).toHaveLength(3);
});

test.each(['', '{oops', '[1, 2, "x"]', 'null'])(
  'of a file with %j nothing breaks',
  async (content) => {
    expect(await listed(homeWith(content))).toEqual([]);
  },
);

test('the snapshot has what people look for, is private, and is never taken for a history', async () => {
  const cli = commandLine();
  const path = join(cli.home, 'meta', 'jobs.json');
  await cli.run('run', '-c', 'print("to be seen")', '--label', 'seen');
  const snapshot = JSON.parse(readFileSync(path, 'utf8')) as { total: number; jobs: object[] };
  expect(snapshot).toMatchObject({ total: 1, jobs: [{ label: 'seen', stdout: 'to be seen\n' }] });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(await listed(cli)).toHaveLength(1);
  expect(existsSync(path.replace('.json', '.python.json'))).toBe(false);
});

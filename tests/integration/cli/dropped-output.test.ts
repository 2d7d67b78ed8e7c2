/** What the command line says of a log over its limit, whose middle is gone. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { waitFor } from '../../support/wait-for.ts';
import { type CommandLine, commandLine } from './command-line.ts';

const LIMIT = '1000000';
const ROWS = 30_000;
/** Slow enough for the limit to be kept by leaving out the middle. */
const TOO_MUCH = `
import sys, time
for n in range(${ROWS}):
    print("row", n, "y" * 80)
    if n % 2_500 == 0:
        sys.stdout.flush()
        time.sleep(0.1)
`;
const written = Buffer.from(
  Array.from({ length: ROWS }, (_, n) => `row ${n} ${'y'.repeat(80)}\n`).join(''),
);

interface Gap {
  from: number;
  to: number;
}

test('what is gone is said beside the bytes of a pipe, in its place on a terminal, by name in JSON', async () => {
  const cli = commandLine();
  const path = cli.script('much.py', TOO_MUCH);
  const { out } = await cli.run('run', '--json', '--max-output-bytes', LIMIT, path);
  const id = JSON.parse(out).job_id as string;
  const gap = gapOf(cli, id) as Gap;
  await expectOnPipe(cli, id, gap, without(gap));
  await expectOnPipe(cli, id, gap, without(gap), '-f');
  await expectOnPipe(cli, id, gap, without(gap), '--stream', 'stdout');
  await expectOnPipe(cli, id, gap, written.subarray(gap.to), '--tail', '2000000');
  const short = await cli.run('output', id, '--tail', '1000');
  const firstLine = written.indexOf('\n', written.length - 1000) + 1;
  expect(short).toMatchObject({ out: written.toString('utf8', firstLine), err: '' });
  await expectOnTerminal(cli, id, gap);
  await expectOnTerminal(cli, id, gap, '-f');
  await expectInJson(cli, id, gap);
});

test('run says what its reader was too slow for', async () => {
  const cli = commandLine();
  const path = cli.script('much.py', TOO_MUCH);
  const slow = cli.start('run', '--max-output-bytes', LIMIT, path);
  slow.child.stdout?.pause();
  const id = await waitFor(() => cli.jobIds()[0], 30_000, 'the job');
  // Another command looks after this job, too: ours waits for its reader.
  const beside = cli.start('run', '-c', 'import time; time.sleep(60)');
  const mostIsGone = () => (gapOf(cli, id)?.to ?? 0) > written.length / 2;
  await waitFor(mostIsGone, 30_000, 'the loss of half the output');
  slow.child.stdout?.resume();
  const { stdout, err } = await slow.ended;
  beside.child.kill('SIGINT');
  await beside.ended;
  // More of it may go while we read: each time we say what we missed.
  const gaps = [...err.matchAll(/ bytes (\d+)–(\d+) /g)].map(([, from, to]) => ({
    from: Number(from),
    to: Number(to),
  }));
  expect(err).toBe(gaps.map((gap) => `python-mcp: stdout: ${sentence(gap)}\n`).join(''));
  expect(stdout.equals(without(...gaps))).toBe(true);
  expect(written.length - stdout.length).toBeGreaterThan(1_000_000);
});

async function expectOnPipe(
  cli: CommandLine,
  id: string,
  gap: Gap,
  left: Buffer,
  ...args: string[]
): Promise<void> {
  const { stdout, err, code } = await cli.run('output', id, ...args);
  expect([args, stdout.equals(left), code]).toEqual([args, true, 0]);
  expect([args, err]).toEqual([args, `python-mcp: stdout: ${sentence(gap)}\n`]);
}

async function expectOnTerminal(
  cli: CommandLine,
  id: string,
  gap: Gap,
  ...args: string[]
): Promise<void> {
  const [head, tail] = [written.toString('utf8', 0, gap.from), written.toString('utf8', gap.to)];
  const shown = `${head}\n[… ${sentence(gap)} …]\n${tail}`.replaceAll('\n', '\r\n');
  const { out } = await cli.onTerminal('output', id, ...args);
  expect([args, out === shown]).toEqual([args, true]);
}

async function expectInJson(cli: CommandLine, id: string, gap: Gap): Promise<void> {
  const page = async (cursor: string) =>
    JSON.parse((await cli.run('output', id, '--json', '--cursor', cursor)).out);
  const from = gap.from + 10;
  const within = await page(`c${from}-0`);
  expect(within.skipped).toEqual({ stdout: { from, to: gap.to } });
  expect(within.stdout.split('\n', 1)).toEqual(written.toString('utf8', gap.to).split('\n', 1));
  expect(await page(within.cursor)).not.toHaveProperty('skipped');
}

/** As recorded: the widest is the last. */
function gapOf(cli: CommandLine, id: string): Gap | null {
  const path = join(cli.home, 'jobs', id, 'stdout.log.gap');
  if (!existsSync(path)) return null;
  const last = readFileSync(path, 'latin1').trim().split('\n').at(-1) ?? '';
  const [from = 0, to = 0] = last.split(/ +/).map(Number);
  return { from, to };
}

/** @param gaps in their order */
function without(...gaps: Gap[]): Buffer {
  const starts = [0, ...gaps.map(({ to }) => to)];
  return Buffer.concat(starts.map((from, place) => written.subarray(from, gaps[place]?.from)));
}

function sentence({ from, to }: Gap): string {
  return `bytes ${from}–${to} were dropped, as the output passed max_output_bytes`;
}

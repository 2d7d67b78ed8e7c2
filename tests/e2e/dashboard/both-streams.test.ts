import type { Page } from 'playwright-core';
import { beforeEach, expect, test } from 'vitest';
import { startHttpServer } from '../../integration/http/http-server.ts';
import { noBrowser, openTab } from '../../support/browser.ts';
import { waitFor } from '../../support/wait-for.ts';
import { openJob, shownText } from './job-page.ts';

beforeEach(({ skip }) => skip(noBrowser !== null, String(noBrowser)));

const ROUNDS = 16;

/** Longer apart than the runtime looks; more of it than a page holds. */
function inTurns(lines: number, seconds: number): string {
  return `
import sys, time
for n in range(${ROUNDS}):
    print("".join(f"step {n} {k:04d} {'x' * 70}\\n" for k in range(${lines})), end="", flush=True)
    time.sleep(${seconds})
    print("warning", n, file=sys.stderr, flush=True)
    time.sleep(${seconds})
`;
}

/** What each whole line shown is: the round, and within it first the steps, then the warning. */
async function roundsShown(page: Page): Promise<number[]> {
  const lines = (await shownText(page)).split('\n');
  const rounds = lines.flatMap((line) => {
    const [, word, n] = /^(step|warning) (\d+)/.exec(line) ?? [];
    return word === undefined ? [] : [2 * Number(n) + (word === 'warning' ? 1 : 0)];
  });
  expect(rounds).toEqual(rounds.toSorted((a, b) => a - b));
  return rounds;
}

const allWithin = (rounds: number[]) =>
  Array.from(
    { length: (rounds.at(-1) ?? 0) - (rounds[0] ?? 0) + 1 },
    (_, n) => n + (rounds[0] ?? 0),
  );

test('both streams are shown in the order they appeared, wherever one looks', async () => {
  const server = await startHttpServer();
  const id = await server.start(inTurns(1_000, 0.2));
  await server.ended(id);
  const { page, complaints } = await openTab();
  await openJob(page, server, id);
  const status = async () => (await page.locator('.output-status').textContent()) ?? '';
  const settled = async (fits: RegExp) =>
    waitFor(async () => fits.test(await status()), 20_000, String(fits));
  await settled(/^Last /);
  const end = await roundsShown(page);
  expect(end.at(-1)).toBe(2 * ROUNDS - 1);
  expect([...new Set(end)]).toEqual(allWithin(end));

  await page.getByRole('searchbox').fill('warning 8');
  await page.getByRole('searchbox').press('Enter');
  await page.locator('.search-results li button').click();
  await settled(/^stdout .* · stderr .* of \d+ B/);
  const middle = await roundsShown(page);
  expect(middle).toContain(15);
  expect(middle).toContain(17);
  expect(middle).toContain(18);
  expect([...new Set(middle)]).toEqual(allWithin(middle));

  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await settled(/^stdout 0 B/);
  const start = await roundsShown(page);
  expect(start.slice(0, 1_001)).toEqual([...Array.from({ length: 1_000 }, () => 0), 1]);
  // On through all of it: each line once.
  await page.getByLabel(/^Output of the job/).focus();
  const [size = ''] =
    /[\d.]+ MB$/.exec(/stdout .*? of ([\d.]+ MB)/.exec(await status())?.[1] ?? '') ?? [];
  await waitFor(
    async () => {
      await page.keyboard.press('End');
      return (await status()).includes(`– ${size} of ${size}`);
    },
    20_000,
    'the end of the window',
  );
  const rounds = await roundsShown(page);
  expect(rounds.filter((round) => round === 21)).toHaveLength(1);
  expect(rounds.filter((round) => round === 22)).toHaveLength(1_000);
  expect(complaints).toEqual([]);
});

test('what comes live goes on where the history ends: each line once', async () => {
  const server = await startHttpServer();
  const id = await server.start(inTurns(3, 0.2));
  await waitFor(() => server.output(id, 'stderr').length > 40, 20_000, 'a part');
  const { page, complaints } = await openTab();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).search));
  await openJob(page, server, id);
  await waitFor(
    async () => (await shownText(page)).includes(`warning ${ROUNDS - 1}`),
    30_000,
    'the end',
  );
  const lines = (await shownText(page)).trimEnd().split('\n');
  const printed = (stream: 'stdout' | 'stderr') =>
    server.output(id, stream).toString().trimEnd().split('\n');
  expect(lines.filter((line) => line.startsWith('step'))).toEqual(printed('stdout'));
  expect(lines.filter((line) => line.startsWith('warning'))).toEqual(printed('stderr'));
  expect(lines).toHaveLength(4 * ROUNDS);
  const history = lines.slice(0, lines.indexOf('warning 2') + 1).map((line) => line.slice(0, 7));
  expect(history.join()).toBe(
    'step 0 ,step 0 ,step 0 ,warning,step 1 ,step 1 ,step 1 ,warning,step 2 ,step 2 ,step 2 ,warning',
  );
  expect(asked.filter((search) => search.startsWith('?stream='))).toHaveLength(1);
  expect(complaints).toEqual([]);
});

import type { Page } from 'playwright-core';
import { beforeEach, expect, test } from 'vitest';
import { startHttpServer } from '../../integration/http/http-server.ts';
import { noBrowser, openTab } from '../../support/browser.ts';
import { waitFor } from '../../support/wait-for.ts';
import { jobAddress } from './job-page.ts';

beforeEach(({ skip }) => skip(noBrowser !== null, String(noBrowser)));

test('a log of 300 MB opens at its end at once; the rest is read where it is looked at', async () => {
  const server = await startHttpServer();
  const id = await server.start(
    `import sys
block = [f"{n:08d} " + "x" * 90 + "\\n" for n in range(100_000)]
for part in range(30):
    sys.stdout.write("".join(block).replace("00000000 ", f"part {part} "))
    if part == 17: print("RuntimeError: in the middle")
print("the last line")`,
  );
  await server.ended(id);
  const { page, complaints } = await openTab();
  await page.goto(server.link);
  await page.waitForSelector('.job-list a');
  let received = 0;
  page.on('response', (response) => {
    if (!response.url().includes('/output?')) return;
    void response.body().then((body) => (received += body.length));
  });
  await page.goto(jobAddress(server, id));
  const shows = (text: string) =>
    page.waitForFunction(
      (wanted) => document.querySelector('.xterm-rows')?.textContent?.includes(wanted),
      text,
    );
  await shows('the last line');
  expect(received).toBeLessThan(1024 * 1024);

  await page.keyboard.press('e');
  await shows('RuntimeError: in the middle');
  await page.keyboard.press('g');
  await shows('part 0 ');
  await page.keyboard.press('G');
  await shows('the last line');
  await page.getByLabel(/^Output of the job/).focus();
  await scrollUntilEarlier(page);
  await page.getByRole('searchbox').fill('part 23 ');
  await page.getByRole('searchbox').press('Enter');
  await page.locator('.search-results li button').first().click();
  await shows('part 23 ');
  expect(received).toBeLessThan(5 * 1024 * 1024);
  expect(complaints).toEqual([]);
});

/** Past what the terminal keeps: a window of the file is then shown instead of its end. */
async function scrollUntilEarlier(page: Page): Promise<void> {
  const status = async () => (await page.locator('.output-status').textContent()) ?? '';
  expect(await status()).toMatch(/^Last /);
  await waitFor(
    async () => {
      // Only while the end is shown: of a window each press would ask for an earlier one.
      if ((await status()).startsWith('Last ')) await page.keyboard.press('Home');
      return /^stdout \d+ MB/.test(await status());
    },
    20_000,
    'an earlier part',
  );
}

test('of output over its limit the page shows head and tail, and says what is missing', async () => {
  const server = await startHttpServer();
  // Slow enough for the limit to be kept by leaving out the middle.
  const id = await server.start(
    'import time\nfor n in range(60_000):\n  print("row", n, "y" * 80)\n  if n % 5_000 == 0: time.sleep(0.1)',
    { max_output_bytes: 2_000_000 },
  );
  const { page, complaints } = await openTab();
  await page.goto(server.link);
  await page.waitForSelector('.job-list a');
  await page.goto(jobAddress(server, id));
  await page.locator('.job-header .is-completed').first().waitFor();
  const shown = async () => (await page.locator('.xterm-rows').textContent()) ?? '';
  await waitFor(async () => (await shown()).includes('row 59999'), 20_000, 'the end');
  await page.keyboard.press('g');
  await waitFor(async () => (await shown()).includes('row 0 '), 20_000, 'the start');
  await page.getByLabel(/^Output of the job/).focus();
  const missing = async () => {
    const before = await shown();
    await page.keyboard.press('PageDown');
    // The terminal draws later: the next key must not pass a screen by. At the end of what is
    // loaded nothing changes for a moment.
    await waitFor(async () => (await shown()) !== before, 1_000, 'the next screen').catch(() => {});
    return /\[ [\d.]+ MB not kept \]/.test(await shown());
  };
  await waitFor(missing, 30_000, 'what is missing');
  await page.keyboard.press('G');
  await waitFor(async () => (await shown()).includes('row 59999'), 20_000, 'the end again');
  const asked: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('/output?')) asked.push(request.url());
  });
  const windows = await windowsShown(page);
  const before = async () => {
    await page.keyboard.press('Home');
    return /row \d{1,4} /.test(await shown());
  };
  await waitFor(before, 20_000, 'what was before the gap');
  // Where the gap begins is told: nothing is asked for but what is shown, above and below.
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.length).toBeLessThanOrEqual(2 * (await windows()));
  expect(complaints).toEqual([]);
});

/** Counts the parts of the output that are shown from now on, those of a moment as well. */
async function windowsShown(page: Page): Promise<() => Promise<number>> {
  const counter = await page.evaluateHandle(() => {
    const said = new Set<string | null>();
    const look = (): void => void said.add(document.querySelector('.output-status')!.textContent);
    look();
    const changes = { subtree: true, childList: true, characterData: true };
    new MutationObserver(look).observe(document.body, changes);
    return said;
  });
  return () => counter.evaluate((said) => said.size);
}

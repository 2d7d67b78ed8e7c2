import type { Page } from 'playwright-core';
import { beforeEach, expect, test } from 'vitest';
import { startHttpServer } from '../../integration/http/http-server.ts';
import { noBrowser, openTab } from '../../support/browser.ts';
import { waitFor } from '../../support/wait-for.ts';
import { openJob, PICTURE, stateShown, TICKS } from './job-page.ts';

beforeEach(({ skip }) => skip(noBrowser !== null, String(noBrowser)));

test('a job is watched: lines, progress, a picture; then it is cancelled', async () => {
  const server = await startHttpServer();
  const id = await server.start(PICTURE + TICKS, { job_label: 'Watched' });
  const { page, complaints } = await openTab();
  await openJob(page, server, id);
  await page.waitForFunction(() =>
    /tick/.test(document.querySelector('.xterm')?.textContent ?? ''),
  );

  const delays = await delaysOfLines(page, 20);
  expect(delays[Math.floor(delays.length / 2)]).toBeLessThan(500);

  const progress = page.locator('.job-header progress');
  const first = Number(await progress.getAttribute('value'));
  await waitFor(
    async () => Number(await progress.getAttribute('value')) > first,
    20_000,
    'the progress bar to move',
  );

  const picture = page.locator('.thumbnail img');
  await picture.waitFor();
  expect(await picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(64);
  await page.waitForSelector('.charts canvas');
  await page.waitForSelector('text=/ used · 1 process/');

  expect(await server.processes(id)).not.toEqual([]);
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await page.getByRole('button', { name: 'Cancel the job' }).click();
  await page.locator('.job-header .is-cancelled').first().waitFor();
  expect(await stateShown(page)).toContain('Cancelled');
  expect(await server.processes(id)).toEqual([]);
  expect(complaints).toEqual([]);
});

test('the result that a script states is on its page and in the list, with what there is to say', async () => {
  const server = await startHttpServer();
  const code = 'from python_mcp import result\nresult({"loss": 0.25})\nprint(1)';
  const figures = `import os\nopen(os.path.dirname(os.environ["PYTHON_MCP_RESULT"]) + "/figures.json", "w").write('{"open_figures": 1}')`;
  const id = await server.start(`${figures}\n${code}\nraise ValueError("late")`);
  await server.ended(id);
  const { page, complaints } = await openTab();
  await page.goto(server.link);
  await page.waitForSelector('.job-result');
  expect(await page.locator('.job-result').textContent()).toBe('{"loss":0.25}');
  expect(await page.locator('.job-error').textContent()).toBe(
    'ValueError: late (script.py, line 6).',
  );
  await openJob(page, server, id);
  const result = page.locator('.panel', { hasText: 'Exit code' });
  await result.locator('.result-value').waitFor();
  const shown = await result.innerText();
  expect(shown).toContain('"loss": 0.25');
  expect(shown).toContain('ValueError: late (script.py, line 6).');
  expect(shown).toContain('1 figure was drawn');
  expect(complaints).toEqual([]);
});

/** Between the script's print and the screen, in ms, sorted. */
async function delaysOfLines(page: Page, lines: number): Promise<number[]> {
  const delays = await page.evaluate(async (wanted) => {
    const seen = new Map<string, number>();
    const rows = document.querySelector('.xterm-rows');
    const look = (): void => {
      for (const [, time] of (rows?.textContent ?? '').matchAll(/tick (\d+\.\d{3}) \./g)) {
        if (time && !seen.has(time)) seen.set(time, Date.now() - Number(time) * 1000);
      }
    };
    look();
    seen.clear(); // printed before anybody looked
    const already = rows?.textContent ?? '';
    await new Promise<void>((done) => {
      const observer = new MutationObserver(() => {
        look();
        for (const time of seen.keys()) if (already.includes(time)) seen.delete(time);
        if (seen.size >= wanted) {
          observer.disconnect();
          done();
        }
      });
      observer.observe(document.body, { subtree: true, childList: true, characterData: true });
    });
    return [...seen.values()];
  }, lines);
  return delays.sort((a, b) => a - b);
}

import type { Page } from 'playwright-core';
import { beforeEach, expect, test } from 'vitest';
import { startHttpServer } from '../../integration/http/http-server.ts';
import { noBrowser, openTab } from '../../support/browser.ts';
import { waitFor } from '../../support/wait-for.ts';
import { openJob, PAUSE_SECONDS, PICTURE, stateShown, TICKS } from './job-page.ts';

beforeEach(({ skip }) => skip(noBrowser !== null, String(noBrowser)));

test('a job is watched: lines, progress, a picture; then it is cancelled', async () => {
  const server = await startHttpServer();
  const id = await server.start(PICTURE + TICKS, { job_label: 'Watched' });
  const { page, complaints } = await openTab();
  await openJob(page, server, id);
  await page.waitForFunction(() =>
    /tick/.test(document.querySelector('.xterm')?.textContent ?? ''),
  );

  await linesInStep(page, 10);

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

/**
 * Waits until most of the last lines were on the screen before the script printed the next: it takes
 * a while after the page was opened, and longer on a busy machine.
 */
async function linesInStep(page: Page, lines: number): Promise<void> {
  const pauseMs = PAUSE_SECONDS * 1000;
  await page.evaluate(
    async ([wanted, most]) => {
      const delays = new Map<string, number>();
      const look = (): boolean => {
        const rows = document.querySelector('.xterm-rows')?.textContent ?? '';
        for (const [, time] of rows.matchAll(/tick (\d+\.\d{3}) \./g)) {
          if (time && !delays.has(time)) delays.set(time, Date.now() - Number(time) * 1000);
        }
        const last = [...delays.values()].slice(-wanted);
        return last.length === wanted && last.filter((delay) => delay < most).length > wanted / 2;
      };
      await new Promise<void>((done) => {
        const observer = new MutationObserver(() => {
          if (!look()) return;
          observer.disconnect();
          done();
        });
        observer.observe(document.body, { subtree: true, childList: true, characterData: true });
      });
    },
    [lines, pauseMs] as const,
  );
}

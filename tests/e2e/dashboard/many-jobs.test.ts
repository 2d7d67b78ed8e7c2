import type { Page } from 'playwright-core';
import { beforeEach, expect, test } from 'vitest';
import { startHttpServer } from '../../integration/http/http-server.ts';
import { noBrowser, openTab } from '../../support/browser.ts';

beforeEach(({ skip }) => skip(noBrowser !== null, String(noBrowser)));

const ENDLESS = 'import time\ntime.sleep(600)';

/** Until the labels of the rows are these, in this order. */
async function untilListed(page: Page, labels: string[]): Promise<void> {
  await page.waitForFunction(
    (wanted) =>
      [...document.querySelectorAll('.job-name a')].map((link) => link.textContent).join() ===
      wanted,
    labels.join(),
  );
}

test('what runs comes first; columns sort; search finds errors and its counts are its own', async () => {
  const server = await startHttpServer();
  const running = await server.start(ENDLESS, { job_label: 'b runs' });
  for (const [label, code] of [
    ['c fine', 'pass'],
    ['a fails', 'raise KeyError("colour")'],
  ] as const) {
    await server.ended(await server.start(code, { job_label: label }));
  }
  const { page, complaints } = await openTab();
  await page.goto(server.link);
  await untilListed(page, ['b runs', 'a fails', 'c fine']);
  await page.getByRole('link', { name: 'Job', exact: true }).click();
  await untilListed(page, ['a fails', 'b runs', 'c fine']);
  await page.getByRole('link', { name: 'Accepted' }).click();
  await untilListed(page, ['a fails', 'c fine', 'b runs']);
  await page.getByRole('link', { name: 'Accepted' }).click();
  await untilListed(page, ['b runs', 'c fine', 'a fails']);
  expect(page.url()).toContain('sort=oldest');
  await page.reload();
  await untilListed(page, ['b runs', 'c fine', 'a fails']);

  await page.getByRole('searchbox').fill('KEYERROR');
  await untilListed(page, ['a fails']);
  const counts = await page.locator('.filter').allTextContents();
  expect(counts).toEqual(['All1', 'Running0', 'Waiting0', 'Completed0', 'Failed1', 'Cancelled0']);

  await page.getByRole('link', { name: 'a fails' }).click();
  await page.waitForSelector('h1:has-text("a fails")');
  await page.keyboard.press('Escape');
  await untilListed(page, ['a fails']); // the search is still there
  await page.getByLabel('Filter by time').selectOption('Last hour');
  await untilListed(page, ['a fails']);
  expect(page.url()).toContain('since=hour');
  await server.post(`/api/v1/jobs/${running}/cancel`);
  expect(complaints).toEqual([]);
});

test('several jobs are selected, run again, cancelled and deleted', async () => {
  const server = await startHttpServer();
  for (const label of ['one', 'two']) {
    await server.ended(await server.start('print(1)', { job_label: label }));
  }
  await server.start(ENDLESS, { job_label: 'endless' });
  const { page, complaints } = await openTab();
  await page.goto(server.link);
  await untilListed(page, ['endless', 'two', 'one']);
  const bar = page.getByRole('group', { name: 'Selected jobs' });

  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await bar.getByText('1 selected').waitFor();
  await page.keyboard.press('Escape');
  await bar.waitFor({ state: 'hidden' });

  await page.getByLabel('Select all jobs of this page').check();
  await bar.getByText('3 selected').waitFor();
  await bar.getByRole('button', { name: 'Cancel 1 job' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel 1 job' }).click();
  await bar.waitFor({ state: 'hidden' });
  await page.locator('.job-row.is-cancelled').waitFor();

  await page.getByLabel('Select one').check();
  await page.getByLabel('Select two').check();
  await bar.getByRole('button', { name: 'Run again 2 jobs' }).click();
  await page.waitForFunction(() => document.querySelectorAll('.job-row.is-completed').length === 4);

  await page.getByLabel('Select all jobs of this page').check();
  await bar.getByRole('button', { name: 'Delete 5 jobs' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete 5 jobs' }).click();
  await page.waitForSelector('text=No jobs yet');
  expect(complaints).toEqual([]);
});

test('what a job refuses is told; the others go on', async () => {
  const server = await startHttpServer();
  await server.ended(
    await server.start('print(1)', { job_label: 'secret', env_vars: { KEY: 'x' } }),
  );
  await server.ended(await server.start('print(1)', { job_label: 'plain' }));
  const { page } = await openTab();
  await page.goto(server.link);
  await untilListed(page, ['plain', 'secret']);
  await page.getByLabel('Select all jobs of this page').check();
  await page.getByRole('button', { name: 'Run again 2 jobs' }).click();
  const problem = page.getByRole('group', { name: 'Selected jobs' }).getByRole('alert');
  expect(await problem.textContent()).toContain('secret: ');
  await untilListed(page, ['plain', 'plain', 'secret']);
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { type HttpTestServer, startHttpServer } from '../../integration/http/http-server.ts';
import { noBrowser, openTab } from '../../support/browser.ts';
import { jobAddress, PICTURE } from './job-page.ts';

beforeEach(({ skip }) => skip(noBrowser !== null, String(noBrowser)));

async function firstCell(server: HttpTestServer, code: string): Promise<string> {
  const body = { session: 'main', code, wait_seconds: 45 };
  return (await server.post('/api/v1/sessions', body)).job_id;
}

async function openSession(server: HttpTestServer, id: string) {
  const tab = await openTab();
  await tab.page.goto(server.link);
  await tab.page.waitForSelector('.job-list a');
  await tab.page.goto(jobAddress(server, id));
  await tab.page.waitForSelector('.cell');
  return tab;
}

/** Its cell of this number, once it says this word. */
function cell(page: Page, number: number, word: string) {
  const article = page.getByRole('article', { name: `Cell ${number}`, exact: true });
  return article.filter({ has: page.getByText(word, { exact: true }) });
}

async function typeCell(page: Page, code: string): Promise<void> {
  await page.getByLabel('New cell').fill(code);
  await page.getByLabel('New cell').press('Control+Enter');
}

test('a person works in the session of an agent, cell by cell', async () => {
  const server = await startHttpServer();
  const id = await firstCell(server, 'x = 20\nprint("loaded")\nx + 1');
  const { page, complaints } = await openSession(server, id);
  const first = cell(page, 1, 'Done');
  await first.getByRole('region', { name: 'Output of' }).getByText('loaded').waitFor();
  await first.getByRole('region', { name: 'Value of' }).getByText('21').waitFor();
  await page.getByText('x: int').waitFor();

  await typeCell(page, 'y = x * 2\ny');
  const second = cell(page, 2, 'Done');
  await second.getByRole('region', { name: 'Value of' }).getByText('40').waitFor();
  await second.getByText('dashboard').waitFor();
  await page.getByText('y: int').waitFor();

  await typeCell(page, 'ok = 1\n1 / 0');
  const third = cell(page, 3, 'Failed');
  await third.getByRole('region', { name: 'Errors of' }).getByText('ZeroDivisionError').waitFor();
  expect(await third.locator('mark').textContent()).toBe('1 / 0');

  // Somebody else's cell appears by itself.
  await server.post(`/api/v1/jobs/${id}/cells`, { code: '"from afar"' });
  const fourth = cell(page, 4, 'Done');
  await fourth.getByRole('region', { name: 'Value of' }).getByText('from afar').waitFor();

  await typeCell(page, PICTURE);
  await cell(page, 5, 'Done').getByRole('img', { name: 'Picture plot.png' }).waitFor();
  expect(complaints).toEqual([]);
});

test('what a cell prints is on the page while it runs', async () => {
  const server = await startHttpServer();
  const sign = join(server.work, 'sign');
  const waits = `import os, time\nprint("one")\nwhile not os.path.exists(${JSON.stringify(sign)}): time.sleep(0.05)`;
  const runs = `${waits}\nprint("two")\nwhile True: time.sleep(1)`;
  const { job_id: id } = await server.post('/api/v1/sessions', { session: 'main', code: runs });
  await server.post(`/api/v1/jobs/${id}/cells`, { code: '"comes later"' });
  const { page } = await openSession(server, id);
  const output = cell(page, 1, 'Running').getByRole('region', { name: 'Output of' });
  await output.getByText('one').waitFor();
  writeFileSync(sign, '');
  await output.getByText('two').waitFor();
});

test('a cell is stopped, asked where it is, answered; the session ends and begins anew', async () => {
  const server = await startHttpServer();
  const id = await firstCell(server, 'name = "nobody"');
  const { page, complaints } = await openSession(server, id);
  await typeCell(page, 'while True: pass');
  await cell(page, 2, 'Running').waitFor();
  await page.getByRole('button', { name: 'Stack' }).click();
  await page.getByRole('region', { name: 'Stack' }).getByText('<cell 2>').waitFor();
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'Stop cell 2' }).click();
  await cell(page, 2, 'Stopped').waitFor();

  await typeCell(page, 'name = input("Who? ")');
  await cell(page, 3, 'Asks for input').getByText('Who?').first().waitFor();
  await page.getByLabel('Standard input').fill('Ada');
  await page.getByLabel('Standard input').press('Enter');
  await cell(page, 3, 'Done').waitFor();

  await page.getByRole('button', { name: 'End session' }).click();
  await page.getByRole('button', { name: 'End the session' }).click();
  await page.getByText('Lost variables').waitFor();
  await page.getByLabel('New cell').waitFor({ state: 'detached' });

  await page.getByRole('button', { name: 'Run all again' }).click();
  await page.getByRole('button', { name: 'Run them' }).click();
  // The cells that ended well: the first and the third, which asks again.
  await cell(page, 2, 'Asks for input').waitFor();
  expect(page.url()).not.toContain(id);
  expect(complaints).toEqual([]);
});

import { beforeEach, expect, test } from 'vitest';
import { startHttpServer } from '../../integration/http/http-server.ts';
import { noBrowser, openTab } from '../../support/browser.ts';
import { untilShown } from './job-page.ts';

beforeEach(({ skip }) => skip(noBrowser !== null, String(noBrowser)));

test('keys lead through list, page, search and help', async () => {
  const server = await startHttpServer();
  for (const label of ['first', 'second', 'third']) {
    await server.ended(await server.start(`print("${label}")`, { job_label: label }));
  }
  const { page, complaints } = await openTab();
  await page.goto(server.link);
  await page.waitForSelector('text=third');
  const focused = () => page.evaluate(() => document.activeElement?.textContent);
  await page.keyboard.press('j');
  expect(await focused()).toBe('third');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  expect(await focused()).toBe('second');
  await page.keyboard.press('Enter');
  await page.waitForSelector('h1:has-text("second")');
  await page.keyboard.press('Escape');
  await page.waitForSelector('.job-list');
  await page.keyboard.press('/');
  await page.keyboard.type('fir');
  await page.waitForFunction(() => document.querySelectorAll('.job-row').length === 1);
  expect(page.url()).toContain('q=fir');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => document.querySelectorAll('.job-row').length === 3);
  await page.keyboard.press('?');
  expect(await page.getByRole('dialog').isVisible()).toBe(true);
  await page.keyboard.press('Escape');
  expect(complaints).toEqual([]);
});

test('a script is run from the form, answered and run again', async () => {
  const server = await startHttpServer();
  const { page, complaints } = await openTab();
  await page.goto(server.link);
  await page.waitForSelector('text=No jobs yet');
  await page.getByRole('link', { name: 'Scripts' }).click();
  await page
    .getByLabel('Python code')
    .fill('import os\nprint("hello", input("Who? "), os.environ["PLACE"])\n');
  await page.getByLabel('Label').fill('Greeting');
  await page.getByText('More', { exact: true }).click();
  await page.getByLabel('Environment variables').fill('PLACE=here');
  await page.getByLabel('Leave standard input open').check();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.waitForSelector('h1:has-text("Greeting")');
  const lastButton = page.getByRole('button', { name: 'End of input' });
  const isInView = (button: Element) => button.getBoundingClientRect().bottom <= innerHeight;
  expect(await lastButton.evaluate(isInView)).toBe(true); // without scrolling
  await page.getByLabel('Standard input').fill('you');
  await page.getByLabel('Standard input').press('Enter');
  await page.locator('.job-header .is-completed').first().waitFor();
  await untilShown(page, 'hello you here');

  await page.getByRole('button', { name: 'Run again' }).click();
  await page.getByRole('dialog').getByLabel('PLACE').fill('there');
  await page.getByRole('dialog').getByRole('button', { name: 'Run again' }).click();
  await page.locator('.job-header:has-text("Waits for input")').waitFor();
  expect(await page.locator('.stdin-box label').textContent()).toContain('Who?');
  await page.getByLabel('Standard input').fill('she');
  await page.getByLabel('Standard input').press('Enter');
  await page.locator('.job-header .is-completed').first().waitFor();
  await untilShown(page, 'hello she there');
  expect(complaints).toEqual([]);
});

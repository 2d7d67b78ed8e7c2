import { beforeEach, expect, test } from 'vitest';
import { startHttpServer } from '../../integration/http/http-server.ts';
import { noBrowser, openTab } from '../../support/browser.ts';
import { openJob, untilShown } from './job-page.ts';

beforeEach(({ skip }) => skip(noBrowser !== null, String(noBrowser)));

test('a job is run again with changes; its secrets are asked for, drafts are kept without them', async () => {
  const server = await startHttpServer();
  const code = 'import os, sys\nprint("hello", sys.argv[1], os.environ["KEY"])\n';
  const env_vars = { KEY: 'first secret' };
  const id = await server.start(code, { args: ['one'], env_vars, job_label: 'Greeting' });
  await server.ended(id);
  const { page, complaints } = await openTab();
  await openJob(page, server, id);
  await page.getByRole('link', { name: 'Run with changes' }).click();
  await page.waitForSelector('h2:has-text("Run Greeting again")');
  expect(await page.getByLabel('Python code').inputValue()).toBe(code);
  expect(await page.getByLabel('Environment variables').inputValue()).toBe('KEY=');
  await page.getByLabel('Environment variables').fill('KEY=second secret');
  await page.getByLabel('Arguments').fill('two');

  await page.goBack();
  await page.waitForSelector('h1:has-text("Greeting")');
  const kept = await page.evaluate(() =>
    [sessionStorage, localStorage].map((kept) => Object.values(kept).join()).join(),
  );
  expect(kept).toContain('two');
  expect(kept).not.toContain('secret');
  await page.getByRole('link', { name: 'Run with changes' }).click();
  await page.waitForSelector('text=This is what was typed here before.');
  expect(await page.getByLabel('Arguments').inputValue()).toBe('two');
  await page.getByRole('button', { name: 'Begin anew' }).click();
  expect(await page.getByLabel('Arguments').inputValue()).toBe('one');

  await page.getByLabel('Arguments').fill('three');
  await page.getByLabel('Environment variables').fill('KEY=third');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await untilShown(page, 'hello three third');
  await page.locator('.job-header .is-completed').first().waitFor();
  expect(page.url()).not.toContain(id);
  expect(complaints).toEqual([]);
});

test('a new run is a step from the list; with nothing to run it says so', async () => {
  const server = await startHttpServer();
  const { page, complaints } = await openTab();
  await page.goto(server.link);
  await page.getByRole('link', { name: 'New run' }).click();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByText('Write some code, or name a file.').waitFor();
  await page.getByLabel('Python code').fill('print("new")');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await untilShown(page, 'new');
  await page.locator('.job-header .is-completed').first().waitFor();
  expect(complaints).toEqual([]);
});

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../../../src/store/database.ts';
import { JobStore } from '../../../src/store/job-store.ts';
import { type HttpTestServer, startHttpServer } from '../../integration/http/http-server.ts';
import { noBrowser, openTab } from '../../support/browser.ts';
import { testHome } from '../../support/test-home.ts';
import { newJob } from '../../support/new-job.ts';

beforeEach(({ skip }) => skip(noBrowser !== null, String(noBrowser)));

test('the list shows whom each job is for, and only the jobs of one', async () => {
  const server = await startHttpServer();
  await runFor(server, 'Training', 'claude-code/2.1');
  await runFor(server, 'Import', 'codex/0.9');
  const { page, complaints } = await openTab({ viewport: { width: 1200, height: 700 } });
  await page.goto(server.link);
  await page.waitForSelector('text=Training');
  expect(await clientsShown(page)).toEqual(['codex 0.9', 'claude-code 2.1']);
  await page.getByLabel('Filter by client').selectOption('claude-code');
  await page.waitForFunction(() => document.querySelectorAll('.job-row').length === 1);
  expect(page.url()).toContain('client=claude-code');
  expect(await clientsShown(page)).toEqual(['claude-code 2.1']);
  await runFor(server, 'Another training', 'claude-code/2.2');
  await page.waitForSelector('text=Another training');
  await runFor(server, 'Not shown', 'codex/0.9');
  await page.getByRole('link', { name: 'Failed' }).click();
  await page.waitForSelector('text=No job fits');
  expect(page.url()).toContain('client=claude-code');
  await page.getByRole('link', { name: 'Show all jobs' }).click();
  await page.waitForFunction(() => document.querySelectorAll('.job-row').length === 4);
  expect(await page.getByLabel('Filter by client').inputValue()).toBe('');

  await page.setViewportSize({ width: 1100, height: 700 });
  expect(await page.locator('.job-row .job-client').first().isVisible()).toBe(false);
  await page.getByRole('link', { name: 'Training', exact: true }).click();
  await page.waitForSelector('.job-facts:has-text("for claude-code 2.1")');
  expect(complaints).toEqual([]);
});

test('a search goes on behind the thousands of jobs it looks at', async () => {
  const home = testHome();
  addOldJobs(home.home, 5_001);
  const server = await startHttpServer({ on: home });
  const { page, complaints } = await openTab();
  await page.goto(server.link);
  await page.waitForSelector('text=Job 5000');
  expect(await clientsShown(page)).toContain('–');
  await page.getByRole('searchbox').fill('the oldest');
  await page.waitForSelector('text=No job fits');
  await page.getByRole('link', { name: 'Search older jobs' }).click();
  await page.getByRole('link', { name: 'The oldest' }).waitFor();
  await page.getByRole('searchbox').fill('job 5000');
  await page.getByRole('link', { name: 'Job 5000', exact: true }).waitFor();
  expect(complaints).toEqual([]);
});

test('a run from the dashboard says so', async () => {
  const server = await startHttpServer();
  const { page } = await openTab();
  await page.goto(server.link);
  await page.getByRole('link', { name: 'Scripts' }).click();
  await page.getByLabel('Python code').fill('print(1)');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.waitForSelector('.job-facts:has-text("for dashboard")');
});

/** The first of them has another label. */
function addOldJobs(home: string, count: number): void {
  mkdirSync(join(home, 'meta'), { recursive: true, mode: 0o700 });
  const store = new JobStore(openDatabase(join(home, 'meta', 'jobs.db')));
  for (let number = 0; number < count; number += 1) {
    const createdAt = Date.now() - (count - number) * 1000;
    const label = number === 0 ? 'The oldest' : `Job ${number}`;
    const job = newJob({ request: { tool: 'run', label }, createdAt });
    const { id } = job;
    store.insert(job);
    store.finish(id, {
      name: 'cancelled',
      startedAt: null,
      launch: null,
      endedAt: createdAt,
      outcome: { kind: 'cancelled' },
      exitCode: null,
      usage: null,
    });
    store.markSwept(id);
  }
  store.close();
}

async function runFor(server: HttpTestServer, label: string, product: string): Promise<void> {
  const run = { directory: server.work, script_content: 'pass', job_label: label };
  const options = { body: JSON.stringify(run), headers: { 'user-agent': product } };
  const { text } = await server.ask('POST', '/api/v1/jobs', options);
  await server.ended(JSON.parse(text).job.id);
}

async function clientsShown(page: Page): Promise<string[]> {
  return page.locator('.job-row .job-client').allTextContents();
}

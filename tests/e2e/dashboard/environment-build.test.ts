import type { Page } from 'playwright-core';
import { beforeEach, expect, test } from 'vitest';
import { type HttpTestServer, startHttpServer } from '../../integration/http/http-server.ts';
import { noBrowser, openTab } from '../../support/browser.ts';
import { slowBuild } from '../../support/slow-build.ts';
import { jobAddress, shownText } from './job-page.ts';

const PACKAGES = { dependencies: ['alpha-one'], job_label: 'Builds' };

beforeEach(({ skip }) => skip(noBrowser !== null, String(noBrowser)));

async function open(page: Page, server: HttpTestServer, id: string): Promise<void> {
  await page.goto(server.link);
  await page.waitForSelector('.job-list a');
  await page.goto(jobAddress(server, id));
}

test('a build is watched, then the output by itself', async () => {
  const build = slowBuild();
  const server = await startHttpServer({ env: build.env });
  const id = await server.start('print("it runs")\nimport time\ntime.sleep(60)', PACKAGES);
  const { page, complaints } = await openTab();
  await open(page, server, id);
  const log = page.locator('.environment-log');
  await log.getByText('Preparing the environment').waitFor();
  await log.getByText('Building an environment: ').waitFor();
  build.say('Downloading \u202ealpha-one (1.2 MiB)');
  await log.getByText('Downloading \ufffdalpha-one').waitFor();
  expect(await page.getByRole('button', { name: 'Copy', exact: true }).isVisible()).toBe(false);

  for (let line = 0; line < 200; line += 1) build.say(`Prepared package ${line}`);
  await log.getByText('Prepared package 199').waitFor();
  const lines = log.getByRole('region');
  const isAtEnd = () =>
    lines.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight < 8);
  await expect.poll(isAtEnd).toBe(true);
  await lines.evaluate((box) => box.scrollTo(0, 0));
  build.say('Prepared all of them');
  await log.getByText('Prepared all of them').waitFor();
  expect(await lines.evaluate((box) => box.scrollTop)).toBe(0);

  await page.reload();
  await log.getByText('Prepared all of them').waitFor();
  build.end(0);
  await log.waitFor({ state: 'detached' });
  await page.waitForFunction(() =>
    document.querySelector('.xterm')?.textContent?.includes('it runs'),
  );
  expect(await shownText(page)).toBe('it runs');
  expect(complaints).toEqual([]);
});

test('of a failed build its end is shown, with the reason, live and later', async () => {
  const build = slowBuild();
  const server = await startHttpServer({ env: build.env });
  const id = await server.start('print("never")', PACKAGES);
  const { page, complaints } = await openTab();
  await open(page, server, id);
  const log = page.locator('.environment-log');
  await log.getByText('Building an environment: ').waitFor();
  build.say('  × No solution found when resolving dependencies:');
  build.say('  ╰─▶ alpha-one was not found in the package registry.');
  build.end(1);
  await log.getByText('The script did not start').waitFor();
  const check = async (): Promise<void> => {
    await log.getByRole('region').getByText('was not found in the package registry').waitFor();
    const reason = log.locator('.error-text');
    expect(await reason.textContent()).toMatch(
      /never started: dependencies: no such package: alpha-one\. Correct the /,
    );
    expect(await reason.isVisible()).toBe(true);
  };
  await check();
  await page.reload();
  await check();
  expect(complaints).toEqual([]);
});

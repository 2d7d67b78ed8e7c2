import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { beforeEach, expect, test } from 'vitest';
import { startHttpServer } from '../../integration/http/http-server.ts';
import { noBrowser, openTab } from '../../support/browser.ts';
import { slowBuild } from '../../support/slow-build.ts';
import { jobAddress, PICTURE, TICKS } from './job-page.ts';

beforeEach(({ skip }) => skip(noBrowser !== null, String(noBrowser)));

test('axe finds nothing serious', async () => {
  const build = slowBuild();
  const server = await startHttpServer({ env: build.env });
  const building = await server.start('pass', { dependencies: ['alpha-one'] });
  const running = await server.start(PICTURE + TICKS, { job_label: 'Runs', interactive: true });
  const ended = await server.start('print("x")\nraise ValueError("no")', { job_label: 'Fails' });
  await server.ended(ended);
  const body = { session: 'main', code: 'x = 1\nprint(x)\n1 / 0', wait_seconds: 45 };
  const { job_id: session } = await server.post('/api/v1/sessions', body);
  for (const options of [
    { colorScheme: 'light' as const },
    { colorScheme: 'dark' as const, viewport: { width: 400, height: 800 } },
  ]) {
    const { page } = await openTab(options);
    await page.goto(server.link);
    await page.waitForSelector('.job-list a');
    const check = async (what: string): Promise<void> => {
      await page.evaluate(axe.source);
      expect([what, await seriousViolations(page)]).toEqual([what, []]);
    };
    await check('list');
    await page.goto(jobAddress(server, running));
    await page.waitForSelector('.thumbnail img');
    await page.waitForSelector('.charts canvas');
    await check('running job');
    await page.goto(jobAddress(server, ended));
    await page.waitForSelector('h1:has-text("Fails")');
    await page.waitForSelector('.output-status');
    await check('ended job');
    await page.goto(jobAddress(server, session));
    await page.waitForSelector('.cell mark');
    await page.getByText('x: int').waitFor();
    await check('session');
    await page.goto(jobAddress(server, building));
    await page.waitForSelector('.environment-log pre');
    await check('job whose environment is built');
    await page.goto(`${server.url}#/run/${ended}`);
    await page.getByLabel('Python code').waitFor();
    await check('run with changes');
    await page.goto(`${server.url}#/`);
    await page.getByLabel('Select Fails').check();
    await check('list with a selection');
    await page.goto(`${server.url}#/scripts`);
    await page.getByText('More', { exact: true }).click();
    await check('scripts');
    await page.getByRole('button', { name: 'Keyboard help' }).click();
    await check('help');
  }
});

function seriousViolations(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    interface Result {
      impact: string;
      id: string;
      nodes: { html: string; failureSummary: string }[];
    }
    const { axe } = window as unknown as { axe: { run(): Promise<{ violations: Result[] }> } };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => ['serious', 'critical'].includes(impact))
      .map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`);
  });
}

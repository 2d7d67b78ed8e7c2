import { beforeEach, expect, test } from 'vitest';
import { startHttpServer } from '../../integration/http/http-server.ts';
import { noBrowser, openTab } from '../../support/browser.ts';
import { openJob, shownText } from './job-page.ts';

beforeEach(({ skip }) => skip(noBrowser !== null, String(noBrowser)));

test('a reload, a stopped server and a new token lose no line and repeat none', async () => {
  const server = await startHttpServer();
  const id = await server.start(
    'import time\nfor n in range(4000):\n  print(f"line {n}", flush=True)\n  time.sleep(0.002)\n',
    { job_label: 'Long' },
  );
  const { page, complaints } = await openTab();
  await openJob(page, server, id);
  await page.waitForFunction(() => /line \d{3}/.test(document.body.textContent ?? ''));
  await page.reload();
  await page.waitForFunction(() => /line \d{3}/.test(document.body.textContent ?? ''));

  await server.stop('SIGKILL');
  await page.waitForSelector('text=Connection lost');
  const next = await startHttpServer({
    on: server,
    args: ['--port', String(server.port), '--rotate-token'],
  });
  await page.waitForSelector('text=The server was started anew');
  await page.goto(next.link);
  await page.goBack();
  await next.ended(id);
  await page.locator('.job-header .is-completed').first().waitFor();
  await page.waitForSelector('text=4,000 lines');
  const lines = (await shownText(page)).split('\n').filter(Boolean);
  expect(lines).toEqual(Array.from({ length: 4000 }, (_, n) => `line ${n}`));
  expect(complaints).toEqual([]);
});

test('output that could not be read at first is shown with what comes next', async () => {
  const server = await startHttpServer();
  const id = await server.start(
    'import time\nfor n in range(300):\n  print(f"line {n}", flush=True)\n  time.sleep(0.02)\n',
  );
  const { page } = await openTab();
  await page.route('**/output?*tail=1*', (route) => route.abort(), { times: 1 });
  await openJob(page, server, id);
  await server.ended(id);
  await page.waitForFunction(() => /line 299/.test(document.body.textContent ?? ''));
  const lines = (await shownText(page)).split('\n').filter(Boolean);
  expect(lines).toEqual(Array.from({ length: 300 }, (_, n) => `line ${n}`));
});

test('a tab that stays open goes on when the new link is opened in another', async () => {
  const server = await startHttpServer();
  const id = await server.start(
    'import time\nfor n in range(2500):\n  print(f"line {n}", flush=True)\n  time.sleep(0.002)\n',
  );
  const { page, context, complaints } = await openTab();
  await openJob(page, server, id);
  await page.waitForFunction(() => /line \d\d/.test(document.body.textContent ?? ''));
  await server.stop();
  await page.waitForSelector('text=Connection lost');
  const next = await startHttpServer({
    on: server,
    args: ['--port', String(server.port), '--rotate-token'],
  });
  const other = await context.newPage();
  await other.goto(next.link);
  await page.bringToFront();
  await next.ended(id);
  await page.waitForSelector('text=2,500 lines');
  const lines = (await shownText(page)).split('\n').filter(Boolean);
  expect(lines).toEqual(Array.from({ length: 2500 }, (_, n) => `line ${n}`));
  expect(page.url()).toContain(id);
  expect(complaints).toEqual([]);
});

test('a tab that stays open goes on by itself when the server is there again', async () => {
  const server = await startHttpServer();
  const id = await server.start(
    'import time\nfor n in range(2500):\n  print(f"line {n}", flush=True)\n  time.sleep(0.002)\n',
  );
  const { page, complaints } = await openTab();
  await openJob(page, server, id);
  await page.waitForFunction(() => /line \d\d/.test(document.body.textContent ?? ''));
  await server.stop('SIGKILL');
  await page.waitForSelector('text=Connection lost');
  await startHttpServer({ on: server, args: ['--port', String(server.port)] });
  await page.waitForSelector('text=2,500 lines');
  const lines = (await shownText(page)).split('\n').filter(Boolean);
  expect(lines).toEqual(Array.from({ length: 2500 }, (_, n) => `line ${n}`));
  expect(complaints).toEqual([]);
});

test('without the link, and with a dead one, the page says what to do', async () => {
  const server = await startHttpServer();
  const { page } = await openTab();
  await page.goto(server.url);
  await page.waitForSelector('text=Open the link that the server printed');
  await page.goto(`${server.url}#token=${'x'.repeat(43)}`);
  await page.waitForSelector('text=Open the link that it printed');
  expect(page.url()).not.toContain('token');
  await page.goto(server.link);
  await page.waitForSelector('text=No jobs yet');
  expect(page.url()).not.toContain('token');
});

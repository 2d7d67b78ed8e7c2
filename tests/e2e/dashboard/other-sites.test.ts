/** Other sites in the same browser: acceptance tests 36, 37, 45 and 46 (docs/security.md). */
import { createServer, type IncomingMessage } from 'node:http';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { unharmed, victimOn } from '../../integration/http/every-request.ts';
import { startHttpServer } from '../../integration/http/http-server.ts';
import { noBrowser, openTab } from '../../support/browser.ts';
import { waitFor } from '../../support/wait-for.ts';
import { openJob } from './job-page.ts';

beforeEach(({ skip }) => skip(noBrowser !== null, String(noBrowser)));

interface Site {
  address: string;
  asked: IncomingMessage[];
}

describe('acceptance 36 and 37', () => {
  test('a page of another site can read nothing and do nothing, though it knows the token', async () => {
    const server = await startHttpServer();
    const victim = await victimOn(server);
    const site = await otherSite('<h1>elsewhere</h1>');
    const { page } = await openTab();
    await page.goto(site.address);
    const target = { url: server.url, token: server.token, id: victim.id, work: server.work };
    const results = await page.evaluate(attack, target);
    expect(results.filter((result) => result !== 'refused')).toEqual([]);
    expect(results.length).toBeGreaterThan(6);
    expect(await victim.state()).toEqual(unharmed(victim.id));
  });
});

describe('acceptance 45', () => {
  test('the dashboard cannot be put into a frame, not even by itself', async () => {
    const server = await startHttpServer();
    const site = await otherSite(`<iframe src="${server.url}"></iframe>`);
    const { page } = await openTab();
    await page.goto(site.address);
    await page.waitForSelector('iframe');
    const framed = page
      .frames()
      .slice(1)
      .map(async (frame) => frame.locator('#app').count());
    expect(await Promise.all(framed)).toEqual([0]);
    await page.goto(server.link);
    await page.waitForSelector('#app header');
    const own = await page.evaluate(async () => {
      const frame = document.createElement('iframe');
      frame.src = '/index.html';
      const loaded = new Promise((resolve) => frame.addEventListener('load', resolve));
      document.body.append(frame);
      await loaded;
      return frame.contentDocument?.getElementById('app') ?? null;
    });
    expect(own).toBeNull();
  });
});

describe('acceptance 46', () => {
  test('the token leaves the address bar, and no request carries an address of ours', async () => {
    const server = await startHttpServer();
    const site = await otherSite('<h1>elsewhere</h1>');
    const id = await server.start(
      `print("\\x1b]8;;${site.address}from-output\\x1b\\\\click me\\x1b]8;;\\x1b\\\\ last-word")`,
    );
    await server.ended(id);
    const { page, context } = await openTab();
    page.removeAllListeners('dialog');
    const questions: string[] = [];
    page.on('dialog', (dialog) => {
      questions.push(dialog.message());
      void dialog.accept();
    });
    const referrers: string[] = [];
    page.on('request', (request) => referrers.push(request.headers()['referer'] ?? ''));
    await openJob(page, server, id);
    expect(page.url()).not.toContain(server.token);
    expect(await page.evaluate(() => document.cookie + JSON.stringify(localStorage))).not.toContain(
      server.token,
    );
    await page.waitForFunction(() =>
      document.querySelector('.xterm')?.textContent?.includes('last-word'),
    );
    const link = page.locator('.xterm-rows').getByText('click me');
    const opened = context.waitForEvent('page');
    await link.hover({ force: true }); // the emulator looks for links where the pointer is
    await link.click({ force: true });
    const other = await opened;
    await waitFor(() => site.asked.length > 0, 20_000, 'the other site to be asked');
    expect(questions).toEqual([expect.stringContaining(`${site.address}from-output`)]);
    await other.waitForLoadState();
    expect(await other.evaluate(() => [document.referrer, window.opener])).toEqual(['', null]);
    for (const { headers, url } of site.asked) {
      expect([headers.referer, headers.origin, headers.cookie]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
      expect(url).not.toContain(server.token);
    }
    expect(referrers.length).toBeGreaterThan(5);
    expect(referrers.filter((referrer) => referrer !== '')).toEqual([]);
  });
});

/** Every way a page has to reach an address of another origin. */
async function attack({
  url,
  token,
  id,
  work,
}: {
  url: string;
  token: string;
  id: string;
  work: string;
}): Promise<string[]> {
  const run = JSON.stringify({ directory: work, script_content: 'print(1)' });
  const authorization = `Bearer ${token}`;
  const json = { 'content-type': 'application/json', authorization };
  const tries: [path: string, init: RequestInit][] = [
    ['api/v1/jobs', {}],
    ['api/v1/jobs', { headers: { authorization } }],
    ['api/v1/jobs', { method: 'POST', body: run }],
    ['api/v1/jobs', { method: 'POST', body: run, headers: json }],
    [`api/v1/jobs/${id}/cancel`, { method: 'POST', body: '{}', headers: json }],
    [`api/v1/jobs/${id}`, { method: 'DELETE', headers: json }],
    ['', {}],
  ];
  const results = await Promise.all(
    tries.map(async ([path, init]) =>
      fetch(url + path, init).then(
        () => 'answered',
        () => 'refused',
      ),
    ),
  );
  const blind = {
    mode: 'no-cors',
    method: 'POST',
    body: run,
    headers: { 'content-type': 'text/plain' },
  } as const;
  await fetch(`${url}api/v1/jobs`, blind).catch(() => {});
  navigator.sendBeacon(`${url}api/v1/jobs`, new Blob([run], { type: 'text/plain' }));
  const form = Object.assign(document.createElement('form'), {
    method: 'POST',
    enctype: 'text/plain',
  });
  form.action = `${url}api/v1/jobs`;
  form.target = 'hidden';
  const frame = Object.assign(document.createElement('iframe'), { name: 'hidden' });
  document.body.append(frame, form);
  form.submit();
  const socket = new WebSocket(`${url.replace('http', 'ws')}api/v1/jobs/${id}/socket`, [
    'python-mcp',
    `bearer.${token}`,
  ]);
  results.push(
    await new Promise<string>((resolve) => {
      socket.addEventListener('open', () => resolve('answered'));
      socket.addEventListener('error', () => resolve('refused'));
    }),
  );
  return results;
}

/** On the same machine and another port, which to a browser is the same site. */
async function otherSite(content: string): Promise<Site> {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    if (request.url !== '/favicon.ico') asked.push(request);
    response.setHeader('content-type', 'text/html').end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as { port: number };
  return { address: `http://127.0.0.1:${port}/`, asked };
}

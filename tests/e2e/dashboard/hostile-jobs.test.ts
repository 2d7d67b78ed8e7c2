/** Hostile jobs in the dashboard: acceptance tests 53, 54 and 61 (docs/security.md). */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { type HttpTestServer, startHttpServer } from '../../integration/http/http-server.ts';
import { noBrowser, openTab } from '../../support/browser.ts';
import { FIRST_WORD, HOSTILE, PRINT_HOSTILE } from '../../support/hostile-text.ts';
import { jobAddress, openJob, shownText } from './job-page.ts';

const LABEL = '\u202egnp.<img src=x onerror="window.hacked=1">\u{e0041}\u200b\u009b2J';
const SHOWN_LABEL = '\ufffdgnp.<img src=x onerror="window.hacked=1">\ufffd\ufffd 2J';
const MARKUP =
  '<html><script>window.hacked=1;opener.hacked=1</script><img src=x onerror="hacked=1">';
const FILES = `
import os
os.chdir(os.environ["PYTHON_MCP_ARTIFACTS"])
svg = '<svg xmlns="http://www.w3.org/2000/svg" onload="window.hacked=1"><script>window.hacked=1</script></svg>'
for name, text in {
    "page.html": ${JSON.stringify(MARKUP)},
    "drawing.svg": svg,
    "drawing.png": svg,
    "<img src=x onerror=window.hacked=1>.txt": "x",
    "\\u202egpj.html": "x",
    "tag\\U000e0041\\u009b2J.txt": "x",
}.items(): open(name, "w").write(text)
`;

beforeEach(({ skip }) => skip(noBrowser !== null, String(noBrowser)));

describe('acceptance 61', () => {
  test('what a hostile job says, is called, is made of and leaves stays text', async () => {
    const server = await startHttpServer();
    const code = `# \u202e\u2066 ${HOSTILE['the end of a script']}\n${PRINT_HOSTILE}\n${FILES}\nraise SystemExit("${FIRST_WORD} </script>")`;
    const id = await server.start(code, {
      job_label: LABEL,
      args: [HOSTILE['an image'], HOSTILE['a reading direction']],
    });
    await server.ended(id);
    saveHostileScript(server);
    const { page, complaints } = await openTab();
    await page.goto(server.link);
    const name = page.locator('.job-list a');
    expect(await name.textContent()).toBe(SHOWN_LABEL);
    await expectUnharmed(page, 'python-mcp');
    await page.goto(jobAddress(server, id));
    await page.waitForFunction(() =>
      document.querySelector('.xterm')?.textContent?.includes('last-word'),
    );
    expect(await shownText(page)).toContain(HOSTILE['an image']);
    await page.locator('.xterm-rows').getByText('click me').first().click({ force: true });
    await page.getByRole('searchbox').fill('hacked');
    await page.getByRole('searchbox').press('Enter');
    await page.waitForSelector('.search-results li');
    await page.getByText('Show the code').click();
    await page.waitForSelector('pre.code');
    await page.waitForSelector('.files');
    await expectUnharmed(page, `✗ ${SHOWN_LABEL} · python-mcp`);
    await page.goto(`${server.url}#/scripts`);
    await page.getByText('hostile', { exact: true }).click();
    await page.waitForSelector('pre.code');
    await expectUnharmed(page, 'Scripts · python-mcp');
    expect(complaints).toEqual([]);
  });
});

describe('acceptance 54', () => {
  test('a page or a drawing that a job left is saved, under a plain name, and never run', async () => {
    const server = await startHttpServer();
    const id = await server.start(FILES);
    await server.ended(id);
    const { page, context, complaints } = await openTab();
    await openJob(page, server, id);
    await page.waitForSelector('.files');
    const names: string[] = [];
    const files = page.locator('.files button');
    for (let at = 0; at < (await files.count()); at += 1) {
      const download = page.waitForEvent('download');
      await files.nth(at).click();
      names.push((await download).suggestedFilename());
    }
    expect(names.length).toBeGreaterThan(4);
    for (const name of names) {
      expect(name).not.toMatch(/[/\\\p{Control}\p{Bidi_Control}\u{e0000}-\u{e007f}]/u);
    }
    await expectUnharmed(page, expect.stringContaining('python-mcp') as string);
    // Opened by its address, with the token, it is a download, too: no page of ours.
    await context.setExtraHTTPHeaders({ authorization: `Bearer ${server.token}` });
    for (const name of ['page.html', 'drawing.svg', 'drawing.png']) {
      const tab = await context.newPage();
      const download = tab.waitForEvent('download');
      const address = `${server.url}api/v1/jobs/${id}/artifacts/${name}`;
      await expect(tab.goto(address)).rejects.toThrow(/Download is starting|ERR_ABORTED/);
      expect((await download).suggestedFilename()).toBe(name);
      expect(tab.url()).toBe('about:blank');
      await tab.close();
    }
    expect(complaints).toEqual([]);
  });
});

/** A script whose own words, and whose code, want to be more than text. */
function saveHostileScript({ home }: HttpTestServer): void {
  const about = `"""\u202e${HOSTILE['an image']}${HOSTILE['the end of a script']}"""`;
  mkdirSync(join(home, 'scripts'), { recursive: true });
  writeFileSync(join(home, 'scripts', 'hostile.py'), `${about}\n# \u2066\u{e0041}\u202e\npass\n`);
}

/** Nothing ran, nothing was made of markup, and nothing is reordered or hidden. */
async function expectUnharmed(page: Page, title: string): Promise<void> {
  const found = await page.evaluate(() => ({
    hacked: 'hacked' in window,
    elements: document.querySelectorAll(
      '#app img:not([src^="blob:"]), #app script, #app iframe, #app style',
    ).length,
    links: [...document.querySelectorAll('a')].filter(
      ({ href }) => !href.startsWith(location.origin),
    ).length,
    disguises: /[\u202a-\u202e\u2066-\u2069]|[\u{e0001}-\u{e007f}]/u.test(
      document.body.textContent ?? '',
    ),
    title: document.title,
  }));
  expect(found).toEqual({ hacked: false, elements: 0, links: 0, disguises: false, title });
}

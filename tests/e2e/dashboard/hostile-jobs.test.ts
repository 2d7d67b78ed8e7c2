import { beforeEach, expect, test } from 'vitest';
import { startHttpServer } from '../../integration/http/http-server.ts';
import { noBrowser, openTab } from '../../support/browser.ts';
import { jobAddress } from './job-page.ts';

beforeEach(({ skip }) => skip(noBrowser !== null, String(noBrowser)));

test('what a hostile job says stays text', async () => {
  const server = await startHttpServer();
  const label = '\u202egnp.<img src=x onerror="window.hacked=1">';
  const markup = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';
  const id = await server.start(
    [
      `print(${JSON.stringify(markup)})`,
      `print("\\x1b]8;;javascript:window.hacked=1\\x1b\\\\click me\\x1b]8;;\\x1b\\\\")`,
      `print("\\x1b]0;hacked title\\x07 \\u202etxet desrever\\u202c")`,
      `print("\\x1b]52;c;aGFja2Vk\\x07 \\x1b[38;2;1;2;3;x:url(javascript:1)mcolour\\x1b[0m")`,
      `print("\\x1b[6n\\x1b[c\\x1b[>q last line")`,
      `raise SystemExit(${JSON.stringify(markup)})`,
    ].join('\n'),
    { job_label: label },
  );
  await server.ended(id);
  const { page, complaints } = await openTab();
  await page.goto(server.link);
  const name = page.locator('.job-list a');
  expect(await name.textContent()).toBe('\ufffdgnp.<img src=x onerror="window.hacked=1">');
  await page.goto(jobAddress(server, id));
  await page.waitForFunction(() =>
    /last line/.test(document.querySelector('.xterm')?.textContent ?? ''),
  );
  await page.locator('.xterm-rows').getByText('click me').click({ force: true });
  await page.getByRole('searchbox').fill('hacked');
  await page.getByRole('searchbox').press('Enter');
  await page.waitForSelector('.search-results li');

  const after = await page.evaluate(() => ({
    hacked: 'hacked' in window,
    elements: document.querySelectorAll('#app img, #app script, #app iframe, #app style').length,
    bidi: /[\u202a-\u202e]/.test(document.body.textContent ?? ''),
    title: document.title,
  }));
  expect(after).toEqual({
    hacked: false,
    elements: 0,
    bidi: false,
    title: '✗ \ufffdgnp.<img src=x onerror="window.hacked=1"> · python-mcp',
  });
  expect(complaints).toEqual([]);
});

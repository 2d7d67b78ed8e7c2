import type { Page } from 'playwright-core';
import { beforeEach, expect, test } from 'vitest';
import { startHttpServer } from '../../integration/http/http-server.ts';
import { noBrowser, openTab } from '../../support/browser.ts';
import { waitFor } from '../../support/wait-for.ts';
import { jobAddress, openJob, shownText } from './job-page.ts';

beforeEach(({ skip }) => skip(noBrowser !== null, String(noBrowser)));

/** Far enough apart for the order of both streams to be noted. */
const MIXED = `
import sys, time
def say(text, file=sys.stdout):
    print(text, file=file, flush=True)
    time.sleep(0.3)
say("begin")
say("UserWarning: high", sys.stderr)
say("first ValueError on stdout")
say("note", sys.stderr)
say("wide " + "x" * 300)
say("second ValueError on stderr", sys.stderr)
print("".join(f"row {n}\\n" for n in range(3_000)), end="", flush=True)
time.sleep(0.3)
[].pop()
`;

interface Mark {
  number: string;
  kinds: string;
}

/** The rows in sight that begin a line. */
function marks(page: Page): Promise<Mark[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('.line-mark:has(a)')].map((row) => ({
      number: row.textContent ?? '',
      kinds: row.className.replace('line-mark ', ''),
    })),
  );
}

async function untilMarked(page: Page, fits: (mark: Mark) => boolean): Promise<void> {
  await waitFor(async () => (await marks(page)).some(fits), 60_000, 'the mark');
}

test('lines have numbers, say their stream, and mark warnings, errors and tracebacks', async () => {
  const server = await startHttpServer();
  const id = await server.start(MIXED);
  await server.ended(id);
  const { page, complaints } = await openTab({ viewport: { width: 1280, height: 900 } });
  await openJob(page, server, id);
  await untilMarked(page, ({ number }) => number === '3003');
  const end = await marks(page);
  expect(end.find(({ number }) => number === '3003')?.kinds).toBe('is-stdout is-plain');
  const traceback = end.filter(({ kinds }) => kinds === 'is-stderr is-error');
  expect(traceback.at(0)?.number).toBe('4');
  expect(traceback.at(-1)?.number).toBe(
    String(server.output(id, 'stderr').toString().split('\n').length - 1),
  );

  await page.keyboard.press('g');
  await untilMarked(page, ({ number, kinds }) => number === '1' && kinds.startsWith('is-stdout'));
  expect((await marks(page)).slice(0, 7)).toEqual([
    { number: '1', kinds: 'is-stdout is-plain' },
    { number: '1', kinds: 'is-stderr is-warning' },
    { number: '2', kinds: 'is-stdout is-error' },
    { number: '2', kinds: 'is-stderr is-plain' },
    { number: '3', kinds: 'is-stdout is-plain' },
    { number: '3', kinds: 'is-stderr is-error' },
    { number: '4', kinds: 'is-stdout is-plain' },
  ]);
  const rows = () => page.locator('.line-mark.is-stdout.is-plain:not(:has(a))').count();
  expect(await rows()).toBeGreaterThan(0); // the wide line fills several
  await page.keyboard.press('w');
  await waitFor(async () => (await rows()) === 0, 60_000, 'lines of one row each');
  expect(complaints).toEqual([]);
});

test('errors of both streams are gone through in their order, forwards and back', async () => {
  const server = await startHttpServer();
  const id = await server.start(MIXED);
  await server.ended(id);
  const { page, complaints } = await openTab();
  await openJob(page, server, id);
  const said = async (text: string): Promise<void> => {
    await page.waitForFunction(
      (wanted) => document.querySelector('.toast')?.textContent === wanted,
      text,
    );
    await page.waitForFunction(() => !document.querySelector('[aria-label="Errors"] :disabled'));
  };
  await page.getByRole('button', { name: 'First error' }).click();
  await said('first ValueError on stdout');
  await page.keyboard.press('e');
  await said('second ValueError on stderr');
  await page.keyboard.press('e');
  await said('Traceback (most recent call last):');
  await page.keyboard.press('E');
  await said('second ValueError on stderr');
  await page.keyboard.press('E');
  await said('first ValueError on stdout');
  await page.keyboard.press('E');
  await said('That was the first error.');
  expect(complaints).toEqual([]);
});

test('the number of a line is its address, which leads there again', async () => {
  const server = await startHttpServer();
  const id = await server.start(MIXED);
  await server.ended(id);
  const { page, context, complaints } = await openTab();
  await openJob(page, server, id);
  await untilMarked(page, ({ number }) => number === '3000');
  await page.locator('.line-mark a', { hasText: /^3000$/ }).click();
  expect(page.url()).toBe(jobAddress(server, `${id}/L3000`));
  await untilMarked(page, ({ number, kinds }) => number === '3000' && kinds.includes('is-here'));

  const other = await context.newPage();
  await other.goto(jobAddress(server, `${id}/L1500`));
  await untilMarked(other, ({ number, kinds }) => number === '1500' && kinds.includes('is-here'));
  expect(await shownText(other)).toContain('row 1496\n');
  await other.goto(jobAddress(server, `${id}/stderr-L3`));
  await untilMarked(
    other,
    ({ number, kinds }) => number === '3' && /is-stderr.* is-here/.test(kinds),
  );
  expect(complaints).toEqual([]);
});

/** What tests of the dashboard do on the page of a job, and jobs worth looking at. */
import type { Page } from 'playwright-core';
import type { HttpTestServer } from '../../integration/http/http-server.ts';
import { waitFor } from '../../support/wait-for.ts';

export const PICTURE = `
import os, struct, zlib
def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
rows = b''.join(b'\\0' + bytes((x * 2, y * 4, 128)) * 1 + bytes((x, y, 90)) * 63 for y in range(48) for x in [y])
with open(os.environ['PYTHON_MCP_ARTIFACTS'] + '/plot.png', 'wb') as file:
    file.write(b'\\x89PNG\\r\\n\\x1a\\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 64, 48, 8, 2, 0, 0, 0))
               + chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))
`;

/** Between two lines of `TICKS`. */
export const PAUSE_SECONDS = 0.3;

export const TICKS = `
import sys, time
for step in range(100000):
    print(f'tick {time.time():.3f} .', flush=True)
    sys.stderr.write(f'\\rwork: {step % 100}%|###   | {step % 100}/100 [00:01<00:09, 9.9it/s]')
    sys.stderr.flush()
    time.sleep(${PAUSE_SECONDS})
`;

export function jobAddress(server: HttpTestServer, id: string): string {
  return `${server.link.replace(/#.*/, '')}#/jobs/${id}`;
}

/** The first time with the token, then to the job. */
export async function openJob(page: Page, server: HttpTestServer, id: string): Promise<void> {
  await page.goto(server.link);
  await page.waitForSelector('.job-list a');
  await page.goto(jobAddress(server, id));
  await page.waitForSelector('.output-status');
}

export async function shownText(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Copy', exact: true }).click();
  return page.evaluate(() => navigator.clipboard.readText());
}

/** Output comes behind the news of the end. */
export async function untilShown(page: Page, text: string): Promise<void> {
  await waitFor(async () => (await shownText(page)).includes(text), 60_000, text);
}

export async function stateShown(page: Page): Promise<string> {
  return (await page.locator('.job-header .job-state').textContent()) ?? '';
}

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gzipSync } from 'node:zlib';
import { beforeEach, expect, test } from 'vitest';
import { startHttpServer } from '../../integration/http/http-server.ts';
import { noBrowser, openTab } from '../../support/browser.ts';

beforeEach(({ skip }) => skip(noBrowser !== null, String(noBrowser)));

const UI = resolve(import.meta.dirname, '../../../dist/ui');

test('all of it but the terminal is at most 250 KB gzipped', () => {
  const assets = readdirSync(join(UI, 'assets')).filter(
    (name) => /\.(?:js|css)$/.test(name) && !name.startsWith('terminal-'),
  );
  const sizes = assets.map((name) => gzipSync(readFileSync(join(UI, 'assets', name))).length);
  expect(assets.length).toBeGreaterThan(1);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(250 * 1024);
});

test('with 10,000 jobs the first of them are on the screen within a second', async () => {
  const server = await startHttpServer();
  await server.ended(await server.start('print(1)', { job_label: 'One of many' }));
  await server.stop();
  multiplyJobs(join(server.home, 'meta', 'jobs.db'), 9_999);
  const next = await startHttpServer({ on: server });
  const { page, complaints } = await openTab();
  await page.addInitScript(() => {
    const observer = new MutationObserver(() => {
      if (!document.querySelector('.job-row')) return;
      observer.disconnect();
      requestAnimationFrame(() => performance.mark('jobs'));
    });
    observer.observe(document, { subtree: true, childList: true });
  });
  const times: number[] = [];
  // The machine may be busy with other tests: once within the limit shows what the page can do.
  for (let attempt = 0; attempt < 5 && !times.some((time) => time < 1_000); attempt += 1) {
    await page.goto('about:blank');
    await page.goto(next.link);
    await page.waitForSelector('.job-row');
    await page.waitForFunction(() => performance.getEntriesByName('jobs').length > 0);
    times.push(await page.evaluate(() => performance.getEntriesByName('jobs')[0]?.startTime ?? 0));
  }
  expect(Math.min(...times)).toBeLessThan(1_000);
  expect(await page.locator('.filter').first().textContent()).toBe('All10,000');
  expect(await page.locator('.job-row').count()).toBe(50);
  expect(complaints).toEqual([]);
});

/** Copies of the only job, older than it, ended long ago. */
function multiplyJobs(path: string, copies: number): void {
  const database = new DatabaseSync(path);
  const columns = database.prepare('PRAGMA table_info(jobs)').all() as { name: string }[];
  const others = columns.map(({ name }) => name).filter((name) => name !== 'id');
  // Nothing is left to be done for jobs that ended long ago.
  const values = others.map((name) => (['swept', 'at_rest'].includes(name) ? '1' : name));
  database.exec(`
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${copies})
    INSERT INTO jobs (id, ${others.join(', ')})
    SELECT 'a' || substr(jobs.id, 2, 25) || printf('%06d', i), ${values.join(', ')} FROM jobs, n;
  `);
  database.close();
}

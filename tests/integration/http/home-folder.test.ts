/** What a home folder must be before anything is written to it: acceptance test 52 (docs/security.md). */
import { chmodSync, chownSync, lchownSync, lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { testHome } from '../../support/test-home.ts';
import { each } from './every-request.ts';
import { spawnServe, startHttpServer } from './http-server.ts';

const NOBODY = 65_534;

describe('acceptance 52', () => {
  test('a home that was open to others is closed, whatever the umask, before anything is in it', async () => {
    const before = process.umask(0);
    try {
      const home = testHome();
      mkdirSync(home.home, { mode: 0o777 });
      const server = await startHttpServer({ on: home });
      await server.post('/api/v1/jobs', { script_content: 'print(1)' });
      await server.ended(await server.start('print(1)'));
      await server.ask('PUT', '/api/v1/scripts/mine', { body: JSON.stringify({ source: 'pass' }) });
      expect(modeOf(home.home)).toBe('700');
      const names = readdirSync(home.home, { recursive: true, encoding: 'utf8' });
      // In `work` the job writes, with its own umask; the others are copies of what we publish.
      const own = names.filter((name) => !/work\/|^runtime\/|^cache\//.test(name));
      const open = own.filter((name) => isOpen(join(home.home, name)));
      expect(open).toEqual([]);
      expect(own).toEqual(expect.arrayContaining(['meta/serve.json', 'scripts/mine.py']));
      await server.stop();
    } finally {
      process.umask(before);
    }
  });

  test('what is no folder, or a link to one, is refused, and nothing is written', async () => {
    const ways = [
      (home: string, aside: string) => symlinkSync(aside, home),
      (home: string, aside: string) => symlinkSync(join(aside, 'x'), home),
      (home: string) => writeFileSync(home, ''),
      withFilePart,
    ];
    await each(ways, async (make) => {
      const { home, work } = testHome();
      make(home, work);
      await expectRefused(home);
      expect([make.toString(), readdirSync(work)]).toEqual([make.toString(), []]);
    });
  });

  test('what belongs to another user is refused, as is a folder that holds any such', async ({
    skip,
  }) => {
    skip(process.getuid?.() !== 0, 'only root can give files away');
    const ways = [
      ownedByOther,
      ...['cache', 'envs', 'jobs', 'meta'].map(withForeignPart),
      withForeignSettings,
      withForeignLink,
      withLinkToForeign,
    ];
    await each(ways, async (make) => {
      const { home, work } = testHome();
      mkdirSync(home);
      chmodSync(home, 0o777);
      make(home, work);
      const before = readdirSync(home, { recursive: true });
      expect(await expectRefused(home)).toContain(`belongs to user ${NOBODY}`);
      expect(readdirSync(home, { recursive: true })).toEqual(before);
      expect(readdirSync(work, { recursive: true }).length).toBeLessThan(2);
    });
  });
});

/** Says what was printed. */
async function expectRefused(home: string): Promise<string> {
  const { child, exited, printed } = spawnServe(home);
  onTestFinished(() => void child.kill('SIGKILL'));
  expect(await exited).toBe(1);
  expect(printed()).toMatch(/home folder \S+ cannot be used: .*Set PYTHON_MCP_HOME/s);
  expect(printed()).not.toContain('#token=');
  return printed();
}

function ownedByOther(path: string): void {
  chownSync(path, NOBODY, NOBODY);
}

function withFilePart(home: string): void {
  mkdirSync(home);
  writeFileSync(join(home, 'jobs'), '');
}

function withForeignPart(name: string): (home: string) => void {
  return (home) => {
    mkdirSync(join(home, name));
    ownedByOther(join(home, name));
  };
}

function withForeignSettings(home: string): void {
  writeFileSync(join(home, 'config.toml'), 'log_level = "debug"\n');
  ownedByOther(join(home, 'config.toml'));
}

function withForeignLink(home: string, aside: string): void {
  mkdirSync(join(aside, 'target'));
  symlinkSync(join(aside, 'target'), join(home, 'meta'));
  lchownSync(join(home, 'meta'), NOBODY, NOBODY);
}

function withLinkToForeign(home: string, aside: string): void {
  mkdirSync(join(aside, 'target'));
  chmodSync(join(aside, 'target'), 0o777);
  ownedByOther(join(aside, 'target'));
  symlinkSync(join(aside, 'target'), join(home, 'logs'));
}

function isOpen(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat !== undefined && !stat.isSymbolicLink() && (stat.mode & 0o077) !== 0;
}

function modeOf(path: string): string {
  return (lstatSync(path).mode & 0o777).toString(8);
}

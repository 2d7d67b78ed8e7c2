import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { packOutput } from '../../../src/output/files/pack-output.ts';
import { packedFile } from '../../../src/output/files/packed-file.ts';
import { readPage } from '../../../src/output/files/read-page.ts';

const CHILD = join(import.meta.dirname, 'pack-child.ts');
const LOG = Buffer.from(
  Array.from({ length: 300_000 }, (_, n) => `${n} of a log that is packed ${n * 7919}\n`).join(''),
);

function hashOfPages(path: string): string {
  const hash = createHash('sha256');
  for (let at = 0; ;) {
    const page = readPage(path, at, 1_000_000, true);
    if (page.bytes.length === 0) return hash.digest('hex');
    hash.update(page.bytes);
    at = page.next;
  }
}

/** Starts packing in a process of its own and kills it after so many milliseconds. */
async function packAndKill(path: string, afterMs: number): Promise<void> {
  const child = spawn(process.execPath, [CHILD, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), exited]);
  await Promise.race([sleep(afterMs), exited]); // the moment of the kill is what is varied
  child.kill('SIGKILL');
  await exited;
}

test('kill -9 at any moment of packing loses nothing, and packing again finishes it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'python-mcp-crash-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'stdout.log');
  const whole = createHash('sha256').update(LOG).digest('hex');
  for (const afterMs of [0, 20, 60, 120, 200, 300, 450, 700]) {
    writeFileSync(path, LOG);
    await packAndKill(path, afterMs);
    expect(hashOfPages(path)).toBe(whole);
    makeAbandoned(path);
    if (existsSync(path)) await packOutput(path, new AbortController().signal);
    expect(hashOfPages(path)).toBe(whole);
    expect(readdirSync(dirname(path))).toEqual(['stdout.log.zst']);
  }
});

/** As if what the killed process left had been there for long. */
function makeAbandoned(path: string): void {
  for (const name of readdirSync(dirname(path))) {
    if (name.includes('.part-')) utimesSync(join(dirname(path), name), 0, 0);
  }
  expect(existsSync(path) || existsSync(packedFile(path))).toBe(true);
}

import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { openLog } from '../../../src/os/log.ts';
import { scratchFolder } from '../../support/environment-context.ts';

afterEach(() => vi.useRealTimers());

function recordsOf(path: string): Record<string, unknown>[] {
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('what goes wrong again and again is said once a minute, with how often it did', () => {
  vi.useFakeTimers();
  const path = join(scratchFolder(), 'server.log');
  const log = openLog(path, 'info');
  for (let second = 0; second < 61; second += 1) {
    log.error('tick failed', { error: 'disk full' });
    log.error('tick failed', { error: 'locked' });
    vi.advanceTimersByTime(1_000);
  }
  log.info('same');
  log.info('same');
  const records = recordsOf(path);
  const full = records.filter(({ error }) => error === 'disk full');
  expect(full.map(({ repeated }) => repeated)).toEqual([undefined, 59]);
  expect(records.filter(({ error }) => error === 'locked')).toHaveLength(2);
  expect(records.filter(({ message }) => message === 'same')).toHaveLength(2);
});

test('it is rotated while it is written', () => {
  const path = join(scratchFolder(), 'server.log');
  const log = openLog(path, 'info', 1_000);
  for (let line = 0; line < 100; line += 1) log.info(`line ${line}`);
  expect(statSync(path).size).toBeLessThan(1_200);
  expect(statSync(`${path}.1`).size).toBeLessThan(1_200);
  expect(recordsOf(path).at(-1)?.['message']).toBe('line 99');
});

test('a log that cannot be written throws at nobody', () => {
  const folder = scratchFolder();
  mkdirSync(join(folder, 'server.log'));
  openLog(join(folder, 'server.log'), 'debug').error('lost');
  const circle: Record<string, unknown> = { big: 1n };
  circle['self'] = circle;
  openLog(join(folder, 'other.log'), 'debug').error('lost', circle);
  openLog(join(folder, 'none', 'server.log'), 'debug').error('lost');
  expect(existsSync(join(folder, 'other.log'))).toBe(false);
});

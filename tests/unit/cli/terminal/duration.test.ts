import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatPrecisely,
  formatSeconds,
  formatShortTime,
  formatTime,
  parseBytes,
  parseHours,
} from '../../../../src/cli/terminal/duration.ts';

describe('durations and sizes', () => {
  it.each([
    ['90m', 1.5],
    ['24h', 24],
    ['7d', 168],
    ['2w', 336],
    ['1.5', 1.5],
    ['3600s', 1],
    ['0', 0],
  ])('%s is %d hours', (text, hours) => {
    expect(parseHours(text)).toBeCloseTo(hours);
  });

  it.each([
    ['0', 0],
    ['1024', 1024],
    ['5G', 5 * 1024 ** 3],
    ['1.5k', 1536],
    ['500MiB', 500 * 1024 ** 2],
    ['2TB', 2 * 1024 ** 4],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes);
  });

  it.each(['', 'much', '-1G', '5 G', '5X', '1e3', 'G', '5iB5'])('%j is no size', (text) => {
    expect(parseBytes(text)).toBeNull();
  });

  it.each([
    [0.0214, '21.4 ms'],
    [0.99949, '999.5 ms'],
    [0.9996, '1.000 s'],
    [3.2144, '3.214 s'],
    [59.9996, '1 min 00 s'],
  ])('%d s measured are %s', (seconds, text) => {
    expect(formatPrecisely(seconds)).toBe(text);
  });

  it.each(['', 'soon', '-1h', '1 h', '5y', '1e3'])('%j is no age', (text) => {
    expect(parseHours(text)).toBeNull();
  });

  it.each([
    [0, '0.0 s'],
    [9.94, '9.9 s'],
    [9.96, '10 s'],
    [59.6, '1 min 00 s'],
    [125, '2 min 05 s'],
    [3599.6, '1 h 00 min'],
    [11_520, '3 h 12 min'],
    [86_400, '1 d 0 h'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(formatSeconds(seconds)).toBe(text);
  });

  it.each([
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [1024 * 1023, '1.0 MiB'],
    [50 * 1024 * 1024, '50 MiB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it('names the day when it was another one', () => {
    const now = new Date(2026, 1, 3, 12, 0, 0);
    expect(formatTime(new Date(2026, 1, 3, 4, 5, 6).toISOString(), now)).toBe('04:05:06');
    expect(formatTime(new Date(2026, 1, 2, 4, 5, 6).toISOString(), now)).toBe(
      '2026-02-02 04:05:06',
    );
  });

  it.each([
    [new Date(2026, 1, 3, 4, 5, 6), '04:05:06'],
    [new Date(2026, 0, 30, 4, 5, 6), 'Jan 30 04:05'],
    [new Date(2025, 11, 30, 4, 5, 6), '2025-12-30'],
  ])('%s is short', (time, text) => {
    expect(formatShortTime(time.toISOString(), new Date(2026, 1, 3, 12, 0, 0))).toBe(text);
  });
});

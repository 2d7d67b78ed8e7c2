import { describe, expect, it } from 'vitest';
import {
  formatIdentity,
  identityOf,
  ownIdentity,
  parseIdentity,
  probe,
} from '../../../src/os/process-identity.ts';
import { parseStat } from '../../../src/os/process-stat.ts';

/** Fields 3 to 22 of /proc/PID/stat: state, ppid, pgrp, session, …, start time. */
const FIELDS = 'S 10 20 30 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 424242 99 100';

describe('parseStat', () => {
  it.each(['sh', 'a) R 1 (x', ') Z 1 1 1', '((', 'two words'])('reads past the name %j', (name) => {
    expect(parseStat(`4711 (${name}) ${FIELDS}\n`)).toEqual({
      pid: 4711,
      ppid: 10,
      pgrp: 20,
      session: 30,
      start: '424242',
      name,
      state: 'S',
    });
  });

  it.each(['', '12 (sh', '12 (sh) S 1 2 3'])('refuses %j', (text) => {
    expect(parseStat(text)).toBeNull();
  });
});

describe('identity of a process', () => {
  it('is alive as long as pid, start and boot agree', () => {
    const own = ownIdentity();
    expect(probe(own)).toBe('alive');
    expect(probe({ ...own, start: `${Number(own.start) - 1}` })).toBe('gone');
    expect(probe({ ...own, boot: 'another' })).toBe('other_boot');
  });

  it('is unknown in another PID namespace, whatever runs here under its pid', () => {
    const own = ownIdentity();
    expect(probe({ ...own, namespace: '1' })).toBe('unknown');
    expect(probe({ ...own, start: '1', namespace: '1' })).toBe('unknown');
  });

  it('is taken for one of ours when it was noted by a version that knew no namespaces', () => {
    const { pid, start, boot } = ownIdentity();
    const older = parseIdentity(`${pid}:${start}:${boot}`);
    expect(older).toEqual({ pid, start, boot, namespace: null });
    expect(older && probe(older)).toBe('alive');
  });

  it('is null for a pid that nobody has', () => {
    expect(identityOf(2 ** 22 + 1)).toBeNull();
  });

  it('survives being written as text, with the colons of a macOS start time', () => {
    const mac = { pid: 7, start: 'Sun Nov 22 08:00:00 2026', boot: 'A-B-C', namespace: null };
    for (const identity of [ownIdentity(), mac]) {
      expect(parseIdentity(formatIdentity(identity))).toEqual(identity);
    }
  });

  it.each(['', '1', '1:2', 'x:2:3', '0:2:3', '-1:2:3', '1::3', '1:2:', '1:2:3\n', '1:2\n:3'])(
    'refuses the text %j',
    (text) => expect(parseIdentity(text)).toBeNull(),
  );
});

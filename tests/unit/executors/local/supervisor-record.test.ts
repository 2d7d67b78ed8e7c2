import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  readExit,
  readSupervisor,
  startedAt,
} from '../../../../src/executors/local/supervisor-record.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'pmcp-record-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

describe('readExit', () => {
  it.each([
    ['0;', 0],
    ['13;    \n', 13],
    ['137;   ', 137],
    ['255;', 255],
  ])('accepts %j', (text, code) => {
    writeFileSync(join(dir, 'exit'), text);
    const endedAt = Math.round(statSync(join(dir, 'exit')).mtimeMs);
    expect(readExit(dir)).toEqual({ code, endedAt });
  });

  it.each([
    '',
    '      \n',
    '13',
    '999;',
    '256;',
    '-1;',
    ' 1;',
    '1 ;',
    '1234;',
    'x;',
    '\0\xff;',
    ';',
  ])('does not accept %j', (text) => {
    writeFileSync(join(dir, 'exit'), text, 'latin1');
    expect(readExit(dir)).toBeNull();
  });

  it('is null without a record', () => {
    expect(readExit(dir)).toBeNull();
  });

  it('neither follows a link, nor waits at a pipe, nor reads a folder', () => {
    writeFileSync(join(dir, 'real'), '0;');
    symlinkSync('real', join(dir, 'exit'));
    expect(readExit(dir)).toBeNull();
    rmSync(join(dir, 'exit'));
    execFileSync('mkfifo', [join(dir, 'exit')]);
    expect(readExit(dir)).toBeNull();
    rmSync(join(dir, 'exit'));
    mkdirSync(join(dir, 'exit'));
    expect(readExit(dir)).toBeNull();
  });
});

describe('readSupervisor', () => {
  const identity = { pid: 42, start: '4711', boot: 'b', namespace: '4026531836' };

  it('gives the identity and when it was written', () => {
    writeFileSync(join(dir, 'supervisor.json'), `${JSON.stringify(identity)}\n`);
    expect(readSupervisor(dir)).toEqual(identity);
    expect(startedAt(dir)).toBe(Math.round(statSync(join(dir, 'supervisor.json')).mtimeMs));
  });

  it('knows no namespace where an older version, or macOS, wrote none', () => {
    const { namespace: _none, ...older } = identity;
    for (const written of [older, { ...older, namespace: '' }]) {
      writeFileSync(join(dir, 'supervisor.json'), `${JSON.stringify(written)}\n`);
      expect(readSupervisor(dir)).toEqual({ ...older, namespace: null });
    }
  });

  it('trims the start time, which ps pads', () => {
    writeFileSync(join(dir, 'supervisor.json'), '{"pid":42,"start":"Sun 2026    ","boot":"b"}\n');
    expect(readSupervisor(dir)).toMatchObject({ start: 'Sun 2026' });
  });

  it.each([
    '',
    '{"pid":42,"sta',
    'null',
    '[]',
    '{"pid":"42","start":"1","boot":"b"}',
    '{"pid":-1}',
  ])('calls %j starting', (text) => {
    writeFileSync(join(dir, 'supervisor.json'), text);
    expect(readSupervisor(dir)).toBe('starting');
  });

  it('never takes init or a group for a supervisor', () => {
    for (const pid of [1, 0, -5, 1.5]) {
      writeFileSync(join(dir, 'supervisor.json'), JSON.stringify({ ...identity, pid }));
      expect(readSupervisor(dir)).toBe('starting');
    }
  });

  it('is null before the supervisor has come to it', () => {
    expect(readSupervisor(dir)).toBeNull();
    expect(startedAt(dir)).toBeNull();
  });
});

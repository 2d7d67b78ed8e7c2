import { describe, expect, test } from 'vitest';
import { LONGEST, secretPieces } from '../../../../src/output/secrets/secret-values.ts';

const texts = (env: Record<string, string>, redact: 'secrets' | 'all' | 'none' = 'secrets') =>
  secretPieces(env, redact).map(String);

describe('which values are secret', () => {
  test.each([
    ['API_TOKEN', 'correct horse'],
    ['MY_SECRETS', 'correct horse'],
    ['dbPassword', 'correct horse'],
    ['AWS_ACCESS_KEY_ID', 'correct horse'],
    ['DB_PWD', 'correct horse'],
    ['SENTRY_DSN', 'correct horse'],
    ['PLAIN', 'ghp_0123456789'],
    ['PLAIN', 'sk-proj-0123456789'],
  ])('%s=%s is', (name, value) => {
    expect(texts({ [name]: value })).toEqual([value]);
  });

  test.each([
    ['PWD', '/home/somebody'],
    ['LANG', 'en_US.UTF-8'],
    ['KEYBOARD', 'dvorak-programmer'],
    ['TOKENIZERS_PARALLELISM', 'sometimes'],
    ['API_TOKEN', 'short'],
    ['DEBUG_TOKEN', '1'],
  ])('%s=%s is none', (name, value) => {
    expect(texts({ [name]: value })).toEqual([]);
  });

  test('of an address the password is', () => {
    const url = 'postgresql://me:correct-horse@db.example:5432/books';
    expect(texts({ DATABASE: url })).toEqual(['correct-horse']);
    expect(texts({ SITE: 'https://db.example/a:b@c' })).toEqual([]);
  });

  test('all of a certain length are, or none, where that is asked for', () => {
    const env = { MODE: 'production', TOKEN: 'correct horse', N: '1' };
    expect(texts(env, 'all')).toEqual(['production', 'correct horse']);
    expect(texts(env, 'none')).toEqual([]);
  });

  test('each line of a key is looked for, and of a long line each piece', () => {
    const key = '-----BEGIN PRIVATE KEY-----\r\nAAAABBBBCCCC\nAAAABBBBCCCC\n=\n';
    expect(texts({ KEY: key })).toEqual(['-----BEGIN PRIVATE KEY-----', 'AAAABBBBCCCC']);
    const long = Array.from({ length: 400 }, (_, at) => `${at}-`).join('');
    const pieces = texts({ KEY: long });
    expect(pieces.map(({ length }) => length)).toEqual([LONGEST, LONGEST]);
    expect(long.startsWith(pieces[0] ?? '-')).toBe(true);
    expect(long.endsWith(pieces[1] ?? '-')).toBe(true);
  });
});

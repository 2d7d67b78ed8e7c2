import type { IncomingHttpHeaders } from 'node:http';
import { expect, test } from 'vitest';
import { accessFor, bindAddress } from '../../../../src/http/access/access.ts';
import { dispositionOf } from '../../../../src/http/routes/artifact-routes.ts';
import { rangeOf } from '../../../../src/http/wire/byte-range.ts';
import { isPagePath, refusalOf } from '../../../../src/http/access/guard.ts';

const none = { allowHosts: [], allowOrigins: [] };
const access = accessFor('secret', 8080, none);

test('the order of refusals: an address is judged before a token is looked at', () => {
  const head = (headers: IncomingHttpHeaders, target = '/api/v1/jobs?token=x', method = 'POST') =>
    refusalOf({ method, target, headers }, access)?.code;
  expect(head({})).toBe('forbidden_host');
  const host = 'localhost:8080';
  expect(head({ host, origin: 'null' })).toBe('forbidden_origin');
  expect(head({ host, 'sec-fetch-site': 'cross-site' })).toBe('forbidden_site');
  expect(head({ host })).toBe('token_in_address');
  expect(head({ host }, '/api/v1/jobs')).toBe('unauthorized');
  const authorization = 'Bearer secret';
  expect(head({ host, authorization }, '/x', 'OPTIONS')).toBe('method_not_allowed');
  expect(head({ host, authorization }, '/x')).toBe('unsupported_media_type');
  expect(head({ host, authorization }, '/x', 'GET')).toBeUndefined();
  for (const target of [
    '//evil.example/',
    '/x/../api',
    '/%2E./api',
    '/x\\..\\api',
    '/x/.?y',
    '/..',
  ]) {
    expect([target, head({ host }, target, 'GET')]).toEqual([target, 'invalid_request']);
  }
});

test('only plain paths outside the API are pages', () => {
  for (const path of ['/', '/index.html', '/assets/app-1a_b.js'])
    expect(isPagePath(path)).toBe(true);
  const others = [
    '/api',
    '/API/x',
    '/api/v1/jobs',
    '/metrics',
    '/mcp',
    '/%61pi/v1',
    '//api',
    '/a b',
    '/x/../api/v1/jobs',
    '/./metrics',
    '/..',
    '/.git/config',
  ];
  for (const path of others) expect([path, isPagePath(path)]).toEqual([path, false]);
});

test('hosts given replace the default, with their own port or ours', () => {
  const { hosts } = accessFor('x', 9, {
    dangerouslyBind: '0.0.0.0',
    allowHosts: ['Build.example', 'other:80', '[fd00::1]', '[fd00::2]:81'],
    allowOrigins: [],
  });
  expect([...hosts]).toEqual(['build.example:9', 'other:80', '[fd00::1]:9', '[fd00::2]:81']);
  expect([...access.hosts]).toEqual(['127.0.0.1:8080', 'localhost:8080', '[::1]:8080']);
});

test('the name localhost is bound as the literal address', () => {
  expect(bindAddress({ host: 'localhost', ...none })).toBe('127.0.0.1');
  expect(bindAddress(none)).toBe('127.0.0.1');
  expect(bindAddress({ host: '[::1]', ...none })).toBe('::1');
});

test('ranges', () => {
  expect(rangeOf(undefined, 10)).toBeNull();
  expect(rangeOf('bytes=0-', 10)).toEqual({ from: 0, to: 10 });
  expect(rangeOf('bytes=9-9', 10)).toEqual({ from: 9, to: 10 });
  expect(rangeOf('bytes=-20', 10)).toEqual({ from: 0, to: 10 });
  for (const ignored of ['bytes=5-2', 'lines=1-2', 'bytes=-', 'bytes=1-2,4-5', 'bytes=a-b']) {
    expect(rangeOf(ignored, 10)).toBeNull();
  }
  for (const behind of ['bytes=10-', 'bytes=-0'])
    expect(() => rangeOf(behind, 10)).toThrow(/10 bytes/);
  expect(() => rangeOf('bytes=0-', 0)).toThrow(/0 bytes/);
});

test('a header cannot be ended by the name of a file', () => {
  const names = [
    'a"\r\nSet-Cookie: x',
    '../../x',
    'ü😀',
    `${'x'.repeat(4096)}.png`,
    '\ud800',
    '\u202egnp',
  ];
  for (const name of names) {
    expect(dispositionOf(name)).toMatch(
      /^attachment; filename="[\w. -]{1,160}"; filename\*=UTF-8''[\w.%~!-]+$/,
    );
  }
});

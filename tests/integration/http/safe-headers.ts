/** What every reply of the server has to carry, whatever it says. */
import type { IncomingHttpHeaders } from 'node:http';
import { expect } from 'vitest';

export function expectSafeHeaders({ headers }: { headers: IncomingHttpHeaders }): void {
  const policy = String(headers['content-security-policy']);
  expect(policy).toMatch(/default-src 'none'/);
  expect(policy).toMatch(/frame-ancestors 'none'|^sandbox/);
  expect(policy).not.toMatch(/unsafe-eval|unsafe-inline|\*/);
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers['x-frame-options']).toBe('DENY');
  expect(headers['referrer-policy']).toBe('no-referrer');
  expect(headers['cross-origin-opener-policy']).toBe('same-origin');
  expect(headers['cross-origin-resource-policy']).toBe('same-origin');
  expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  expect(headers['set-cookie']).toBeUndefined();
}

/** Of an answer that was read from a bare socket. */
export function headersIn(answer: string): { headers: IncomingHttpHeaders } {
  const [, ...lines] = (answer.split('\r\n\r\n', 1)[0] ?? '').split('\r\n');
  const pairs = lines.map((line) => {
    const at = line.indexOf(':');
    return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
  });
  return { headers: Object.fromEntries(pairs) };
}

import { expect, test } from 'vitest';
import { forRevision } from '../../../src/mcp/for-revision.ts';

const link = { type: 'resource_link' as const, name: 'a.png', uri: 'job://1/artifacts/a.png' };
const text = { type: 'text' as const, text: '{}' };

test.each([
  ['2024-11-05', [text]],
  ['2025-03-26', [text]],
  ['2025-06-18', [text, link]],
  ['2026-07-28', [text, link]],
  [undefined, [text, link]],
])('a client of revision %s gets what it can read', (revision, content) => {
  const reply = { content: [text, link], structuredContent: { a: 1 } };
  expect(forRevision(reply, revision)).toEqual({ content, structuredContent: { a: 1 } });
});

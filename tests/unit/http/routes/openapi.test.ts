import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openApiDocument } from '../../../../src/http/routes/openapi.ts';
import { STATUS_OF } from '../../../../src/http/wire/problem.ts';
import { ROUTES } from '../../../../src/http/routes/route-table.ts';

interface Operation {
  operationId: string;
  parameters: { name: string; in: string }[];
  responses: Record<string, object>;
}

const { paths } = openApiDocument(ROUTES, '1.2.3') as {
  paths: Record<string, Record<string, Operation>>;
};
const operations = Object.values(paths).flatMap((path) => Object.values(path));
const guide = readFileSync(new URL('../../../../docs/http.md', import.meta.url), 'utf8');

test('every route is in the document, under a name of its own', () => {
  expect(operations.length).toBe(ROUTES.length);
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(ROUTES.length);
});

test('every parameter of a path is declared', () => {
  for (const [path, methods] of Object.entries(paths)) {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    for (const { parameters } of Object.values(methods)) {
      expect(parameters.filter((one) => one.in === 'path').map(({ name }) => name)).toEqual(named);
    }
  }
});

test('the guide names every route and every error', () => {
  for (const { method, path } of ROUTES) {
    if (path.endsWith('/metrics')) continue;
    const shown = path.replace('/api/v1', '').replace(/:(\w+)(?:\{\.\+\})?/g, '{$1}');
    expect(guide).toMatch(new RegExp(`${method} (?:/api/v1)?${escaped(shown)}[\`?]`));
  }
  for (const code of Object.keys(STATUS_OF)) expect(guide).toContain(`\`${code}\``);
});

function escaped(text: string): string {
  return text.replace(/[{}.]/g, '\\$&');
}

/** The OpenAPI document (3.1), made from the table of routes and the schemas they check with. */
import * as z from 'zod';
import { ProblemReply } from '../wire/reply-schemas.ts';
import type { Route } from './route.ts';

type JsonSchema = Record<string, unknown>;

export function openApiDocument(routes: readonly Route[], version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)(?:\{\.\+\})?/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'python-mcp',
      version,
      description: 'Python scripts as jobs: start them, follow them, read what they print.',
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Problem: schemaOf(ProblemReply, 'output') },
    },
  };
}

function operation(route: Route): object {
  return {
    operationId: operationId(route),
    summary: route.summary,
    parameters: [...pathParameters(route), ...queryParameters(route)],
    ...(route.body ? { requestBody: requestBody(route.body) } : {}),
    responses: {
      [route.status ?? 200]: success(route),
      default: {
        description: 'What was wrong and what to do next.',
        content: content('application/problem+json', { $ref: '#/components/schemas/Problem' }),
      },
    },
  };
}

/** `GET /api/v1/jobs/:id/output` → `getJobsIdOutput`. */
function operationId({ method, path }: Route): string {
  const words = path.replace('/api/v1', '').match(/\w+/g) ?? [];
  const capitalised = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  const place = path.startsWith('/api') ? '' : 'Root';
  return method.toLowerCase() + place + capitalised.join('');
}

function pathParameters({ path }: Route): object[] {
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name);
  return names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
}

function queryParameters({ query }: Route): object[] {
  if (!query) return [];
  const { properties = {}, required = [] } = schemaOf(query, 'input') as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema,
  }));
}

function requestBody(body: z.ZodType): object {
  return { required: true, content: content('application/json', schemaOf(body, 'input')) };
}

function success({ reply, status = 200 }: Route): object {
  const description = status === 101 ? 'The connection becomes a WebSocket.' : 'It worked.';
  if (reply === null) return { description };
  if (typeof reply !== 'string') {
    return { description, content: content('application/json', schemaOf(reply, 'output')) };
  }
  return { description, content: content(reply, { type: 'string' }) };
}

function content(type: string, schema: object): object {
  return { [type]: { schema } };
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
}

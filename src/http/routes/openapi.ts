/** The OpenAPI document (3.1), made from the table of routes and the schemas they check with. */
import * as z from 'zod';
import { Problem } from '../../contract/replies/server.ts';
import type { Route } from './route.ts';

type JsonSchema = Record<string, unknown>;

export function openApiDocument(routes: readonly Route[], version: string): object {
  const components = new Components();
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)(?:\{\.\+\})?/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route, components) };
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
      schemas: components.schemas,
    },
  };
}

function operation(route: Route, components: Components): object {
  return {
    operationId: operationId(route),
    summary: route.summary,
    parameters: [...pathParameters(route), ...queryParameters(route)],
    ...(route.body ? { requestBody: requestBody(route.body) } : {}),
    responses: {
      [route.status ?? 200]: success(route, components),
      default: {
        description: 'What was wrong and what to do next.',
        content: content('application/problem+json', components.referTo(Problem)),
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
  const { properties = {}, required = [] } = inputSchemaOf(query) as {
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
  return { required: true, content: content('application/json', inputSchemaOf(body)) };
}

function success({ reply, status = 200 }: Route, components: Components): object {
  const description = status === 101 ? 'The connection becomes a WebSocket.' : 'It worked.';
  if (reply === null) return { description };
  if (typeof reply !== 'string') {
    return { description, content: content('application/json', components.referTo(reply)) };
  }
  return { description, content: content(reply, { type: 'string' }) };
}

function content(type: string, schema: object): object {
  return { [type]: { schema } };
}

function inputSchemaOf(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', override: plain });
  return rest;
}

/** Without what only repeats a type: the pattern of a time or a number, the largest whole number. */
function plain({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.format === 'date-time' || jsonSchema.type === 'integer') delete jsonSchema.pattern;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
}

/** Schemas with a name of their own, each described once: generators make a type of each. */
class Components {
  readonly schemas: Record<string, unknown> = {};

  referTo(schema: z.ZodType): JsonSchema {
    // Within another schema, one with a name is referred to by it.
    const { properties, $defs = {} } = z.toJSONSchema(z.object({ schema }), {
      io: 'output',
      override: plain,
    });
    for (const [name, { id: _, ...definition }] of Object.entries($defs as Definitions)) {
      this.schemas[name] = inComponents(definition);
    }
    return inComponents(properties?.['schema'] as JsonSchema);
  }
}

type Definitions = Record<string, JsonSchema>;

function inComponents(schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'));
}

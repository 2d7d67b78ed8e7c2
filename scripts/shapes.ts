/** Schemas of replies as tables for people: one for each shape, in the order in which they are met. */
import * as z from 'zod';

interface Shape {
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  format?: string;
  anyOf?: Shape[];
  oneOf?: Shape[];
  items?: Shape;
  $ref?: string;
  description?: string;
  properties?: Record<string, Shape>;
  required?: string[];
}

export class Shapes {
  readonly #known = new Map<string, Shape>();

  /** A schema as it is named in a sentence; what it consists of is in `tables`. */
  nameOf(schema: z.ZodType): string {
    const { properties, $defs = {} } = z.toJSONSchema(z.object({ schema }), { io: 'output' });
    for (const [name, shape] of Object.entries($defs)) this.#known.set(name, shape as Shape);
    return typeOf(properties?.['schema'] as Shape);
  }

  tables(): string {
    const sections = [...this.#known].map(([name, shape]) => {
      const rows = rowsOf(shape);
      return [`## ${name}`, '', `${shape.description}`, '', ...TABLE, ...rows].join('\n');
    });
    return sections.join('\n\n');
  }
}

const TABLE = ['| field | type | meaning |', '| --- | --- | --- |'];

/** Of alternatives those of each, under the value that tells them apart. */
function rowsOf({ properties, required = [], oneOf, anyOf }: Shape, inside = ''): string[] {
  const alternatives = oneOf ?? anyOf;
  if (alternatives) return alternatives.flatMap((one) => rowsOf(one, inside));
  return Object.entries(properties ?? {}).flatMap(([name, field]) => {
    const optional = required.includes(name) ? '' : ' (if any)';
    const row = `| \`${inside}${name}\`${optional} | ${typeOf(field)} | ${field.description ?? ''} |`;
    return [row, ...rowsWithin(field, `${inside}${name}.`)];
  });
}

function rowsWithin(field: Shape, inside: string): string[] {
  if (field.$ref) return [];
  if (field.items) return rowsWithin(field.items, inside);
  const shapes = field.anyOf ?? [field];
  return shapes.flatMap((shape) => (shape.$ref ? [] : rowsOf(shape, inside)));
}

function typeOf({
  $ref: ref,
  type,
  const: only,
  enum: values,
  anyOf,
  oneOf,
  items,
  format,
}: Shape): string {
  if (ref) return linkTo(ref.slice(ref.lastIndexOf('/') + 1));
  if (only !== undefined) return `\`${JSON.stringify(only)}\``;
  if (values) return values.map((value) => `\`${String(value)}\``).join(' ');
  const alternatives = anyOf ?? oneOf;
  if (alternatives) return alternatives.map(typeOf).join(' or ');
  if (type === 'array') return `${typeOf(items ?? {})}[]`;
  if (format === 'date-time') return 'time';
  return [type ?? 'any'].flat().join(' or ');
}

function linkTo(name: string): string {
  return `[${name}](replies.md#${name.toLowerCase()})`;
}

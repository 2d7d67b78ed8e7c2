/** Which fields of the schemas of replies real replies had: a field that none has is no field. */
import * as z from 'zod';

/** The parts of a zod schema that hold others. */
interface Parts {
  type: string;
  shape?: Record<string, z.ZodType>;
  element?: z.ZodType;
  innerType?: z.ZodType;
  options?: z.ZodType[];
}

export class SeenFields {
  readonly #seen = new Set<string>();

  /** Fails the test when the reply is not as its schema says, or has more. */
  check(schema: z.ZodType, reply: unknown): void {
    const { error } = schema.safeParse(reply);
    if (error) throw new Error(`${z.prettifyError(error)}\n${JSON.stringify(reply, null, 2)}`);
    this.#mark(schema, reply, nameOf(schema));
  }

  /** Fields that were absent or null in all that was checked. */
  unseen(schemas: readonly z.ZodType[]): string[] {
    const all = new Set(schemas.flatMap((schema) => fieldsOf(schema, nameOf(schema))));
    return [...all].filter((field) => !this.#seen.has(field)).sort();
  }

  #mark(schema: z.ZodType, value: unknown, place: string): void {
    if (value === undefined || value === null) return;
    const { shape, element, innerType, options } = partsOf(schema);
    if (innerType) this.#mark(innerType, value, nameOf(innerType, place));
    if (element)
      for (const one of value as unknown[]) this.#mark(element, one, nameOf(element, place));
    const option = options?.find((one) => one.safeParse(value).success);
    if (option) this.#mark(option, value, nameOf(option, place));
    for (const [name, field] of Object.entries(shape ?? {})) {
      const inside = (value as Record<string, unknown>)[name];
      if (inside === undefined || inside === null) continue;
      this.#seen.add(`${place}.${name}`);
      this.#mark(field, inside, nameOf(field, `${place}.${name}`));
    }
  }
}

function fieldsOf(schema: z.ZodType, place: string): string[] {
  const { shape, element, innerType, options } = partsOf(schema);
  const inner = [innerType, element, ...(options ?? [])].filter((one) => one !== undefined);
  return [
    ...inner.flatMap((one) => fieldsOf(one, nameOf(one, place))),
    ...Object.entries(shape ?? {}).flatMap(([name, field]) => [
      `${place}.${name}`,
      ...fieldsOf(field, nameOf(field, `${place}.${name}`)),
    ]),
  ];
}

function partsOf(schema: z.ZodType): Parts {
  return schema.def as unknown as Parts;
}

/** Schemas with a name of their own go by it, wherever they are. */
function nameOf(schema: z.ZodType, place = 'reply'): string {
  const described = schema['_zod'].parent as z.ZodType | undefined;
  return schema.meta()?.id ?? described?.meta()?.id ?? place;
}

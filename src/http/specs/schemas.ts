import { z } from 'zod';
import { events } from '../../domain/registry.ts';

export type JsonSchema = Record<string, unknown>;

export interface SchemaBook {
  /** What a caller may send. */
  input(schema: z.ZodType): JsonSchema;
  /** What the server answers or pushes. Views may gain fields, so they are left open. */
  output(schema: z.ZodType): JsonSchema;
  /** The pushed views that the schemas so far refer to, by entity. */
  readonly shared: Record<string, JsonSchema>;
}

/** JSON Schemas of zod ones; views of entities are named once under `#/components/schemas` and referred to. */
export function createSchemaBook(target: 'draft-2020-12' | 'draft-7'): SchemaBook {
  const shared: Record<string, JsonSchema> = {};
  const convert = (schema: z.ZodType, io: 'input' | 'output'): JsonSchema => {
    const options = {
      target,
      io,
      unrepresentable: 'any',
      override: (of: Converted) => tidy(of.jsonSchema, io),
    } as const;
    const { $schema: _, $defs, definitions, ...root } = z.toJSONSchema(schema, options) as JsonSchema;
    Object.assign(shared, hoisted($defs ?? definitions ?? {}));
    return hoisted(root);
  };
  return { input: (schema) => convert(schema, 'input'), output: (schema) => convert(schema, 'output'), shared };
}

// Zod takes names, like descriptions, from its global registry.
for (const [entity, [first]] of Map.groupBy(events.values(), (event) => event.entity)) {
  const id = `${entity.charAt(0).toUpperCase()}${entity.slice(1)}`;
  if (first) z.globalRegistry.add(first.view, { ...z.globalRegistry.get(first.view), id });
}

interface Converted {
  readonly jsonSchema: JsonSchema;
}

function hoisted<T>(schema: T): T {
  const text = JSON.stringify(schema).replaceAll(/"#\/(?:\$defs|definitions)\//g, '"#/components/schemas/');
  return JSON.parse(text) as T;
}

/** Leaves out what a format or a type already says. */
function tidy(schema: JsonSchema, io: 'input' | 'output'): void {
  if (schema.format !== undefined) delete schema.pattern;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (io === 'input') return;
  delete schema.default;
  if (schema.additionalProperties === false) delete schema.additionalProperties;
}

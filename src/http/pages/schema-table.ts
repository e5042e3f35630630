import { html } from 'hono/html';
import type { JsonSchema } from '../specs/schemas.ts';

export interface Field {
  /** `location.lat`, `items[].id`. */
  readonly path: string;
  readonly type: string;
  /** The named view that the type is, to link to. */
  readonly view?: string;
  readonly required: boolean;
  readonly note: string;
}

type Html = ReturnType<typeof html>;

// Deeper than any schema here; keeps a recursive one finite.
const depthMax = 6;

/** The fields of an object schema as flat rows, inner ones after their parent. */
export function fieldsOf(schema: JsonSchema, at = { prefix: '', depth: 0 }): Field[] {
  const inner = objectIn(schema);
  if (!inner || at.depth > depthMax) return [];
  const required = new Set((inner.required as string[] | undefined) ?? []);
  return Object.entries(inner.properties as Record<string, JsonSchema>).flatMap(([name, field]) => {
    const view = viewIn(field);
    const row = {
      path: `${at.prefix}${name}`,
      type: typeOf(field),
      required: required.has(name),
      note: noteOf(field),
      ...(view === undefined ? {} : { view }),
    };
    const lead = { prefix: `${row.path}${isList(field) ? '[]' : ''}.`, depth: at.depth + 1 };
    return [row, ...fieldsOf(field, lead)];
  });
}

export function schemaTable(schema: JsonSchema, none: string): Html {
  const view = viewIn(schema);
  const fields = fieldsOf(schema);
  if (view !== undefined) return html`<p>${isList(schema) ? 'A list of ' : ''}<a href="#view-${view}">${view}</a></p>`;
  if (fields.length === 0) return html`<p class="quiet">${none}</p>`;
  return html`<table class="fields">
    <thead>
      <tr>
        <th>Field</th>
        <th>Type</th>
        <th>Bounds and meaning</th>
      </tr>
    </thead>
    <tbody>
      ${fields.map(
        (field) =>
          html`<tr>
            <td><code>${field.path}</code>${field.required ? '' : html` <span class="quiet">optional</span>`}</td>
            <td>${field.view === undefined ? field.type : html`<a href="#view-${field.view}">${field.type}</a>`}</td>
            <td>${field.note}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** An input that fits the schema: required fields only, with values that speak for themselves. */
export function exampleOf(schema: JsonSchema): unknown {
  const options = schema.enum as unknown[] | undefined;
  if (schema.const !== undefined || schema.default !== undefined) return schema.const ?? schema.default;
  if (options) return options[0];
  const [choice] = alternatives(schema);
  if (choice) return exampleOf(choice);
  if (schema.type === 'object') {
    const required = new Set((schema.required as string[] | undefined) ?? []);
    const fields = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>);
    return Object.fromEntries(
      fields.filter(([name]) => required.has(name)).map(([name, field]) => [name, exampleOf(field)]),
    );
  }
  if (schema.type === 'array') return schema.minItems ? [exampleOf(schema.items as JsonSchema)] : [];
  if (schema.type === 'integer' || schema.type === 'number') return Math.max(1, Number(schema.minimum ?? 1));
  if (schema.type === 'boolean') return true;
  return schema.type === 'string' ? exampleText(schema) : {};
}

function exampleText({ format, minLength }: JsonSchema): string {
  if (format === 'uuid') return '01920000-0000-7000-8000-000000000000';
  if (format === 'email') return 'asha@example.com';
  if (format === 'date-time') return '2030-01-01T12:00:00.000Z';
  if (format === 'uri') return 'https://example.com';
  return 'text'.padEnd(Number(minLength ?? 0), '-');
}

/** A field's type in words. */
export function typeOf(schema: JsonSchema): string {
  const view = viewIn(schema);
  if (view !== undefined) return isList(schema) ? `list of ${view}` : view;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return (schema.enum as unknown[]).join(' | ');
  const options = alternatives(schema);
  if (options.length > 0)
    return [...new Set([...options.map(typeOf), ...(isNullable(schema) ? ['null'] : [])])].join(' | ');
  if (schema.type === 'array') return `list of ${typeOf(schema.items as JsonSchema)}`;
  if (Array.isArray(schema.type)) return schema.type.join(' | ');
  if (schema.format) return String(schema.format);
  return String(schema.type ?? 'anything');
}

function noteOf(schema: JsonSchema): string {
  const [first] = alternatives(schema);
  const own = first && isNullable(schema) ? { ...first, ...schema } : schema;
  const { description, minimum, maximum, minLength, maxLength, minItems, maxItems, pattern } = own;
  const range = (low: unknown, high: unknown, unit: string) => {
    if (low !== undefined && high !== undefined) return `${inWords(low)}–${inWords(high)}${unit}`;
    if (low !== undefined) return `at least ${inWords(low)}${unit}`;
    return high === undefined ? '' : `at most ${inWords(high)}${unit}`;
  };
  return [
    String(description ?? '').replace(/\.$/, ''),
    range(minimum, maximum, ''),
    range(minLength, maxLength, ' characters'),
    range(minItems, maxItems, ' items'),
    pattern === undefined ? '' : `matches ${pattern}`,
    own.default === undefined ? '' : `default ${JSON.stringify(own.default)}`,
  ]
    .filter(Boolean)
    .join('; ');
}

function inWords(bound: unknown): string {
  return typeof bound === 'number' ? bound.toLocaleString('en') : String(bound);
}

function alternatives(schema: JsonSchema): JsonSchema[] {
  const options = (schema.anyOf ?? schema.oneOf ?? []) as JsonSchema[];
  return options.filter((option) => option.type !== 'null');
}

function isNullable(schema: JsonSchema): boolean {
  return ((schema.anyOf ?? []) as JsonSchema[]).some((option) => option.type === 'null');
}

function isList(schema: JsonSchema): boolean {
  return schema.type === 'array';
}

/** The object with fields that a schema is, holds as a list, or allows beside null. */
function objectIn(schema: JsonSchema): JsonSchema | null {
  if (schema.properties) return schema;
  if (isList(schema)) return objectIn(schema.items as JsonSchema);
  const options = alternatives(schema);
  return options.length === 1 && options[0] ? objectIn(options[0]) : null;
}

function viewIn(schema: JsonSchema): string | undefined {
  if (schema.$ref !== undefined) return String(schema.$ref).split('/').at(-1);
  if (isList(schema)) return viewIn(schema.items as JsonSchema);
  const options = alternatives(schema);
  return options.length === 1 && options[0] ? viewIn(options[0]) : undefined;
}

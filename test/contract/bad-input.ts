import { z } from 'zod';

type Json = { readonly [key: string]: unknown };

export interface BadInput {
  readonly why: string;
  readonly input: unknown;
}

const samples: readonly (readonly [type: string, value: unknown])[] = [
  ['string', 'x'],
  ['number', 0.5],
  ['boolean', true],
  ['null', null],
  ['array', []],
  ['object', {}],
];
const hugeText = 'a'.repeat(100_000);

/** Inputs that an operation must refuse, made from a good one and the schema that clients are told. */
export function badInputs(schema: z.ZodType, good: Json): BadInput[] {
  const told = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Json;
  return [...notObjects(), ...wrongKeys(told, good), ...wrongFields(told, { whole: good, path: [] })];
}

function notObjects(): BadInput[] {
  return [null, [], 'x', 1, true, undefined, [{}]].map((input) => ({
    why: `${JSON.stringify(input)} as input`,
    input,
  }));
}

function wrongKeys(told: Json, good: Json): BadInput[] {
  const extra = (key: string) =>
    JSON.parse(`{${JSON.stringify(key)}:{"admin":true},${JSON.stringify(good).slice(1)}`.replace(',}', '}')) as unknown;
  const strangers = ['surprise', '__proto__', 'constructor', 'prototype', 'toString', '', '\u0000', '$where'];
  const required = (told.required as string[] | undefined) ?? [];
  return [
    ...strangers.map((key) => ({ why: `an extra field ${JSON.stringify(key)}`, input: extra(key) })),
    ...required.map((key) => ({
      why: `no ${key}`,
      input: Object.fromEntries(Object.entries(good).filter(([name]) => name !== key)),
    })),
    ...['', 'k'.repeat(65), 5, null, {}].map((key) => ({
      why: `${JSON.stringify(key)} as idempotencyKey`,
      input: { ...good, idempotencyKey: key },
    })),
  ];
}

interface Place {
  /** The good input as a whole. */
  readonly whole: Json;
  /** Where in it the schema applies. */
  readonly path: readonly (string | number)[];
}

/** Walks the fields of a schema, and of the objects and lists in it, giving each field every wrong value. */
function wrongFields(root: Json, place: Place, schema: Json = root): BadInput[] {
  const properties = Object.entries((resolve(root, schema).properties as Record<string, Json> | undefined) ?? {});
  return properties.flatMap(([name, told]) => {
    const path = [...place.path, name];
    const bad = (why: string, value: unknown) => ({
      why: `${path.join('.')}: ${why}`,
      input: replace(place.whole, path, value),
    });
    const alternatives = alternativesOf(root, told);
    const refused = alternatives.some((one) => typesOf(one) === null)
      ? []
      : [
          ...wrongTypes(alternatives).map((value) => bad(`${JSON.stringify(value)} of a wrong type`, value)),
          ...outOfBounds(alternatives).map(([why, value]) => bad(why, value)),
        ];
    const inside = alternatives.flatMap((one) => wrongInside(root, { whole: place.whole, path }, one));
    return [...refused, ...inside];
  });
}

/** Goes into an object that the good input has, or into the first item of a list that it has. */
function wrongInside(root: Json, place: Place, schema: Json): BadInput[] {
  const present = read(place.whole, place.path);
  if (schema.properties && typeof present === 'object' && present !== null) return wrongFields(root, place, schema);
  if (!schema.items || !Array.isArray(present) || present.length === 0) return [];
  const item = { whole: place.whole, path: [...place.path, 0] };
  return wrongFields(root, item, schema.items as Json);
}

function wrongTypes(alternatives: readonly Json[]): unknown[] {
  const allowed = new Set(alternatives.flatMap((one) => typesOf(one) ?? []));
  return samples.filter(([type]) => !allowed.has(type)).map(([, value]) => value);
}

function outOfBounds(alternatives: readonly Json[]): (readonly [string, unknown])[] {
  const has = (type: string) => alternatives.filter((one) => typesOf(one)?.includes(type));
  const [text] = has('string');
  const [number] = has('number');
  const [list] = has('array');
  return [
    ...(text
      ? ([
          ['100,000 characters', hugeText],
          ['a NUL', 'a\u0000b'],
          ['half a surrogate pair', 'a\ud800'],
        ] as const)
      : []),
    ...(number
      ? ([
          ['1e308', 1e308],
          ['-1e308', -1e308],
        ] as const)
      : []),
    ...(list
      ? ([['10,001 items', Array.from({ length: 10_001 }, () => read({ list }, ['list', 'default']) ?? 'x')]] as const)
      : []),
  ];
}

function resolve(root: Json, schema: Json): Json {
  const reference = schema.$ref as string | undefined;
  if (!reference) return schema;
  return read(root, reference.slice(2).split('/').filter(Boolean)) as Json;
}

function alternativesOf(root: Json, schema: Json): Json[] {
  const resolved = resolve(root, schema);
  const several = (resolved.anyOf ?? resolved.oneOf) as Json[] | undefined;
  return several ? several.flatMap((one) => alternativesOf(root, one)) : [resolved];
}

/** The JSON types that a schema admits, or null when it admits any. */
function typesOf(schema: Json): string[] | null {
  const values = (schema.enum as unknown[] | undefined) ?? ('const' in schema ? [schema.const] : null);
  if (values) return values.map((value) => (value === null ? 'null' : typeof value));
  const types = [schema.type as string | string[] | undefined].flat().filter((type) => type !== undefined);
  return types.length === 0 ? null : types.map((type) => (type === 'integer' ? 'number' : type));
}

function read(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Json | undefined)?.[key], value);
}

/** A copy of `whole` with `value` at `path`; objects on the way that are missing are made. */
function replace(whole: unknown, [key, ...rest]: readonly (string | number)[], value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(whole))
    return whole.map((item: unknown, index) => (index === key ? replace(item, rest, value) : item));
  const object = (whole ?? {}) as Json;
  return { ...object, [key]: replace(object[key], rest, value) };
}

import { expect, test } from 'vitest';
import { z } from 'zod';
import { operations } from '../../src/domain/registry.ts';

interface Field {
  readonly where: string;
  readonly schema: Record<string, unknown>;
  /** The field's own schema, where it is one of the operation's direct fields. */
  readonly accepts?: (value: unknown) => boolean;
}

/** Every field of every input, as clients are told of it. */
const fields = [...operations.values()].flatMap(({ name, input }) => {
  const told = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }) as Record<string, unknown>;
  const shape = (input as { shape?: Record<string, z.ZodType> }).shape ?? {};
  return fieldsOf(told, name).map((field): Field => {
    const own = shape[field.where.slice(name.length + 1)];
    return own ? { ...field, accepts: (value) => own.safeParse(value).success } : field;
  });
});

function fieldsOf(schema: unknown, where: string): Field[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties, items, anyOf, oneOf } = schema as Record<string, unknown>;
  const inside = Object.entries((properties ?? {}) as Record<string, unknown>);
  const choices = [items, anyOf, oneOf].flat().filter((one) => one !== undefined);
  return [
    { where, schema: schema as Record<string, unknown> },
    ...inside.flatMap(([key, inner]) => fieldsOf(inner, `${where}.${key}`)),
    ...choices.flatMap((inner) => fieldsOf(inner, where)),
  ];
}

test('no address that people give may have another scheme than http and https', () => {
  const addresses = fields.filter(({ schema }) => schema.format === 'uri');
  expect(addresses.length).toBeGreaterThan(1);
  const dangerous = ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'vbscript:x'];
  const taken = addresses.filter(({ accepts }) => accepts && dangerous.some(accepts)).map(({ where }) => where);
  expect(taken).toEqual([]);
});

test('no pattern takes long over hostile text', () => {
  const patterns = fields.flatMap(({ where, schema }) =>
    typeof schema.pattern === 'string' ? [{ where, pattern: new RegExp(schema.pattern, 'u') }] : [],
  );
  expect(patterns.length).toBeGreaterThan(5);
  const size = 60_000;
  const texts = ['a', '1', '-', '.', ' ', 'a.', 'a@', '+1', 'aA0_', '\u00e9'].flatMap((unit) => [
    unit.repeat(size / unit.length),
    `${unit.repeat(size / unit.length)}!`,
    `a@${unit.repeat(size / unit.length)}!`,
  ]);
  const slow = patterns.filter(({ pattern }) => {
    const startedAt = performance.now();
    for (const text of texts) pattern.test(text);
    return performance.now() - startedAt > 500;
  });
  expect(slow.map(({ where }) => where)).toEqual([]);
});

test('every text and list of an input has a bound', () => {
  const isBounded = ({ schema }: Field) =>
    (schema.type === 'string' && ['maxLength', 'format', 'pattern', 'enum', 'const'].some((key) => key in schema)) ||
    (schema.type === 'array' && 'maxItems' in schema) ||
    (schema.type !== 'string' && schema.type !== 'array');
  const fromPeople = fields.filter(
    ({ where }) => operations.get(where.split('.').slice(0, 2).join('.'))?.access !== 'system',
  );
  expect(fromPeople.filter((field) => !isBounded(field)).map(({ where }) => where)).toEqual([]);
});

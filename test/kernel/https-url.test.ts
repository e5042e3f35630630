import { expect, test } from 'vitest';
import { z } from 'zod';
import { HttpsUrl } from '../../src/domain/kernel/index.ts';
import { operations } from '../../src/domain/registry.ts';

test.each([
  ['https://video.test/1.mp4', 'https://video.test/1.mp4'],
  ['HTTPS://Shop.Example:8443/ä?b=1#c', 'https://shop.example:8443/%C3%A4?b=1#c'],
  ['https://пример.рф/', 'https://xn--e1afmkfd.xn--p1ai/'],
  [' https://a.example/@x', 'https://a.example/@x'],
  [String.raw`https:\\a.example\x`, 'https://a.example/x'],
])('%s is an address, kept as %s', (given, kept) => {
  expect(HttpsUrl.parse(given)).toBe(kept);
});

test.each([
  'http://a.example/',
  'javascript:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:x',
  'file:///etc/passwd',
  'ftp://a.example/',
  'blob:https://a.example/1',
  '//a.example/x',
  '/x',
  'https://',
  'https://localhost/',
  'https://127.0.0.1/',
  'https://2130706433/',
  'https://0x7f.0.0.1/',
  'https://[::1]/',
  'https://[::ffff:169.254.169.254]/',
  'https://a.example@evil.example/',
  'https://user:password@a.example/',
  `https://a.example/${'x'.repeat(500)}`,
])('%s is refused', (given) => {
  expect(HttpsUrl.safeParse(given).success).toBe(false);
});

/** Every schema inside a JSON Schema. */
function within(schema: unknown): Record<string, unknown>[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const inner = Object.values(schema).flatMap(within);
  return Array.isArray(schema) ? inner : [schema as Record<string, unknown>, ...inner];
}

/** Only the payer's own browser goes there, on a developer's machine without https. */
const ownBusiness = new Set(['payments.start', 'wallet.topUp']);

test('every address that people may give for others is of this kind', () => {
  const open = [...operations.values()].filter(({ name, access }) => access !== 'system' && !ownBusiness.has(name));
  const inputs = open.flatMap(({ name, input }) =>
    within(z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' })).map((schema) => ({ name, schema })),
  );
  const addresses = inputs.filter(({ schema }) => schema.format === 'uri');
  expect(addresses.length).toBeGreaterThan(1);
  expect(addresses.filter(({ schema }) => schema.description !== HttpsUrl.description)).toEqual([]);
});

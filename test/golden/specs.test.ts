import { readFile } from 'node:fs/promises';
import { Validator } from '@seriousme/openapi-schema-validator';
import asyncApiSchemas from '@asyncapi/specs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { expect, test } from 'vitest';
import { specs } from '../../src/http/specs/index.ts';
import { golden } from './specs.ts';

test.each(golden)('the kept $name document is what the registry generates', async ({ path, render }) => {
  const kept = await readFile(path, 'utf8');
  expect(render() === kept, `run npm run golden and look at the difference of ${path}`).toBe(true);
});

test('openapi.json is valid OpenAPI 3.1', async () => {
  const { valid, errors } = await new Validator().validate(JSON.parse(specs.openapi()));
  expect(errors).toBeUndefined();
  expect(valid).toBe(true);
});

test('asyncapi.json is valid AsyncAPI 3.0', () => {
  const ajv = new Ajv({ strict: false, meta: false, validateSchema: false });
  addFormats.default(ajv);
  const validate = ajv.compile(asyncApiSchemas.schemas['3.0.0'] as object);
  validate(JSON.parse(specs.asyncapi()));
  expect(validate.errors).toBeNull();
});

test.each(Object.entries(specs))('every reference of %s leads somewhere', (_, render) => {
  const document = JSON.parse(render());
  const references = [...render().matchAll(/"\$ref": "#\/([^"]+)"/g)].map(([, path = '']) => path);
  const lost = references.filter(
    (path) => path.split('/').reduce((at, key) => at?.[key.replaceAll('~1', '/')], document) === undefined,
  );
  expect(lost).toEqual([]);
});

import { expect, test } from 'vitest';
import { operations } from '../../src/domain/registry.ts';

test('the client knows which calls change something, so that it repeats them under a key', async () => {
  const callable = [...operations.values()].filter((operation) => operation.access !== 'system');
  const lines = callable.map(({ name, kind }) => `  '${name}': '${kind}',`).toSorted();
  const source = [
    '/** What each operation is. Written by its own test: `vitest run test/client/operation-kinds -u`. */',
    'export const operationKinds = {',
    ...lines,
    '} as const;',
    '',
  ];
  await expect(source.join('\n')).toMatchFileSnapshot('../../client/src/operation-kinds.ts');
});

import { expect, test } from 'vitest';
import { files } from './sources.ts';

type Manifest = Record<'dependencies' | 'devDependencies' | 'optionalDependencies', Record<string, string> | undefined>;

const manifests = files
  .filter(({ path }) => path.endsWith('package.json'))
  .map(({ path, text }) => ({ path, manifest: JSON.parse(text) as Manifest }));

test('every dependency is pinned to one version', () => {
  const loose = manifests.flatMap(({ path, manifest }) => {
    const all = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
    const pinned = /^(npm:@?[^@]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/;
    return Object.entries(all).filter(([, version]) => !pinned.test(version)).map(([name, version]) => `${path}: ${name} ${version}`);
  });
  expect(loose).toEqual([]);
});

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { files, root } from './sources.ts';

type Manifest = Record<'dependencies' | 'devDependencies' | 'optionalDependencies', Record<string, string> | undefined>;

const manifests = files
  .filter(({ path }) => path.endsWith('package.json'))
  .map(({ path, text }) => ({ path, manifest: JSON.parse(text) as Manifest }));

test('every dependency is pinned to one version', () => {
  const loose = manifests.flatMap(({ path, manifest }) => {
    const all = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
    const pinned = /^(npm:@?[^@]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/;
    return Object.entries(all)
      .filter(([, version]) => !pinned.test(version))
      .map(([name, version]) => `${path}: ${name} ${version}`);
  });
  expect(loose).toEqual([]);
});

test('the lock file has the parts for every platform, so that npm ci works on each', () => {
  const { packages } = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8')) as {
    packages: Record<string, Manifest>;
  };
  const names = new Set(Object.keys(packages).map((path) => path.split('node_modules/').at(-1)));
  const wanted = Object.values(packages).flatMap(({ optionalDependencies }) => Object.keys(optionalDependencies ?? {}));
  expect(wanted.filter((name) => !names.has(name))).toEqual([]);
});

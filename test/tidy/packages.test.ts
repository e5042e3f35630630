import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { files, root } from './sources.ts';

type Manifest = Record<'dependencies' | 'devDependencies' | 'optionalDependencies', Record<string, string> | undefined>;

const manifests = files
  .filter(({ path }) => path.endsWith('package.json'))
  .map(({ path, text }) => ({ path, manifest: JSON.parse(text) as Manifest }));

/**
 * Licences that were looked at: libvips is a library of its own beside us, which its LGPL allows; the other one carries
 * the text of MIT without its name; the MPL of `web-push` is about changes to its own files, and we make none.
 */
const known: readonly string[] = ['@img/sharp-', 'xmlhttprequest-ssl', 'web-push'];

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

test('what production installs has a licence that asks for no more than its notice', () => {
  const { packages } = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8')) as {
    packages: Record<string, { license?: string; dev?: boolean; link?: boolean; version?: string }>;
  };
  const free = /^\(?(MIT|MIT-0|ISC|0BSD|BSD-[23]-Clause|Apache-2\.0|Unlicense|CC0-1\.0|BlueOak-1\.0\.0|PostgreSQL)\b/;
  const others = Object.entries(packages)
    .filter(([path, { dev, link }]) => path.includes('node_modules/') && !dev && !link)
    .filter(([, { license = '' }]) => !free.test(license))
    .map(([path, { license }]) => `${path.split('node_modules/').at(-1)}: ${license ?? 'none'}`);
  expect(others.filter((one) => !known.some((name) => one.startsWith(name)))).toEqual([]);
});

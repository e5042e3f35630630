import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/SECURITY.md', root), 'utf8').replaceAll(/\s+/g, ' ');

/** Italics, not bold. */
const names = /(?<!\*)\*(?!\*)([^*`]+)\*(?!\*)/g;

const folders = new Set(
  readdirSync(new URL('test/', root), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name),
);

interface Cited {
  readonly path: string;
  readonly begins: readonly string[];
}

/** Everything that the page calls a test: what names one of the folders of tests. */
const cited = [...page.matchAll(/`([a-z]+)\/([a-z-]*)`/g)]
  .filter(([, folder = '']) => folders.has(folder))
  .map(({ 0: all, 1: folder, 2: file, index }): Cited => {
    const after = page.slice(index + all.length);
    // Names come right behind, after a colon, one after another with commas between.
    const [list = ''] = /^: (?:\*[^*`]+\*(?:, )?)+/.exec(after) ?? [];
    const begins = [...list.matchAll(names)].map(([, name = '']) => name.replace(/ ?…$/, ''));
    return { path: `${folder}/${file}`, begins };
  });

/** The names of the tests of a file, as they are written there. */
function testsOf(path: string): string[] {
  const source = readFileSync(new URL(`test/${path}.test.ts`, root), 'utf8');
  return [...source.matchAll(/\btest(?:\.\w+\([^\n]*?\))?\(\s*(['"`])(.+?)\1/g)].map(([, , name = '']) => name);
}

test('every test that docs/SECURITY.md names is there', () => {
  expect(cited.length).toBeGreaterThan(80);
  expect(cited.flatMap(({ begins }) => begins).length).toBeGreaterThan(70);
  const missing = cited.flatMap(({ path, begins }) => {
    const isFile = existsSync(new URL(`test/${path}.test.ts`, root));
    // A folder, or a script that tests share.
    const isThere = isFile || existsSync(new URL(`test/${path}`, root)) || existsSync(new URL(`test/${path}.ts`, root));
    if (!isThere) return [path];
    const known = isFile ? testsOf(path) : [];
    return begins.filter((begin) => !known.some((name) => name.startsWith(begin))).map((begin) => `${path}: ${begin}`);
  });
  expect(missing).toEqual([]);
});

test('every name in italics is that of a test whose file stands before it', () => {
  const named = cited.flatMap(({ begins }) => begins).length;
  // Stars in code are something else.
  expect([...page.replaceAll(/`[^`]*`/g, '').matchAll(names)].length).toBe(named);
});

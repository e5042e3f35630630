import { existsSync, readdirSync, readFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url);

/** Italics, not bold. */
const names = /(?<!\*)\*(?!\*)([^*`]+)\*(?!\*)/g;

const folders = new Set(
  readdirSync(new URL('test/', root), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name),
);

export interface Cited {
  readonly path: string;
  /** How the names of its tests begin. */
  readonly begins: readonly string[];
}

/** A page of docs/ in one line. */
export function pageOf(name: string): string {
  return readFileSync(new URL(`docs/${name}`, root), 'utf8').replaceAll(/\s+/g, ' ');
}

/** Everything that a page calls a test: what names one of the folders of tests, and after a colon some of its names. */
export function citedIn(page: string): Cited[] {
  return [...page.matchAll(/`([a-z]+)\/([a-z/-]*)`/g)]
    .filter(([, folder = '']) => folders.has(folder))
    .map(({ 0: all, 1: folder, 2: file, index }): Cited => {
      const after = page.slice(index + all.length);
      // Names come right behind, after a colon, one after another with commas between.
      const [list = ''] = /^: (?:\*[^*`]+\*(?:, )?)+/.exec(after) ?? [];
      const begins = [...list.matchAll(names)].map(([, name = '']) => name.replace(/ ?…$/, ''));
      return { path: `${folder}/${file}`, begins };
    });
}

/** How many names in italics a page has; stars in code are something else. */
export function italicsIn(page: string): number {
  return [...page.replaceAll(/`[^`]*`/g, '').matchAll(names)].length;
}

/** Cited files and tests that are not there. */
export function missingOf(cited: readonly Cited[]): string[] {
  return cited.flatMap(({ path, begins }) => {
    const isFile = existsSync(new URL(`test/${path}.test.ts`, root));
    // A folder, or a script that tests share.
    const isThere = isFile || existsSync(new URL(`test/${path}`, root)) || existsSync(new URL(`test/${path}.ts`, root));
    if (!isThere) return [path];
    const known = isFile ? testsOf(path) : [];
    return begins.filter((begin) => !known.some((name) => name.startsWith(begin))).map((begin) => `${path}: ${begin}`);
  });
}

/** The names of the tests of a file, as they are written there. */
function testsOf(path: string): string[] {
  const source = readFileSync(new URL(`test/${path}.test.ts`, root), 'utf8');
  return [...source.matchAll(/\btest(?:\.\w+\([^\n]*?\))?\(\s*(['"`])(.+?)\1/g)].map(([, , name = '']) => name);
}

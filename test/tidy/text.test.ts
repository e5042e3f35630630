import { expect, test } from 'vitest';
import { judge, type Finding } from './exceptions.ts';
import { files, typescript, type Source } from './sources.ts';

function find(sources: readonly Source[], pattern: RegExp): Finding[] {
  return sources.flatMap(({ path, lines }) =>
    lines.flatMap((line, index) => (pattern.test(line) ? [{ path, what: `line ${index + 1}: ${line.trim()}` }] : [])),
  );
}

const under = (...prefixes: string[]) =>
  typescript.filter(({ path }) => prefixes.some((prefix) => path.startsWith(prefix)));
const code = files.filter(({ path }) => /\.(ts|sql|sh)$/.test(path) && path !== 'test/tidy/text.test.ts');

test('nothing is left for later in comments', () => {
  expect(judge('later', find(code, /\b(TODO|FIXME|XXX|HACK)\b/))).toEqual([]);
});

test('comments are sentences, not banners', () => {
  expect(judge('banners', find(code, /^\s*(\/\/|--|#|\*|\/\*+)\s*[-=*#─━]{4,}|[─━═]{4,}/))).toEqual([]);
});

test('only src/config.ts reads the environment of the server', () => {
  const others = under('src/').filter(({ path }) => path !== 'src/config.ts');
  expect(judge('environment', find(others, /process\.env/))).toEqual([]);
});

test('nothing in src and client is exported as default', () => {
  expect(judge('default exports', find(under('src/', 'client/src/'), /^export default|\bas default\b/))).toEqual([]);
});

test('the domain asks the database for the time, or at least travels with the clock that tests move', () => {
  expect(judge('clock', find(under('src/domain/'), /(\bDate\.now\(|new Date\(\))(?!.*offsetMs)/))).toEqual([]);
});

test('money and identifiers never come from a weak random source or a float', () => {
  expect(judge('floats', find(under('src/domain/'), /parseFloat|toFixed/))).toEqual([]);
});

test('nobody silences the compiler or the linter without saying why', () => {
  const silenced = find(typescript, /@ts-(ignore|nocheck|expect-error)\s*$|(ox|es)lint-disable(?!.* -- \S)/);
  expect(
    judge(
      'silenced',
      silenced.filter(({ path }) => path !== 'test/tidy/text.test.ts'),
    ),
  ).toEqual([]);
});

import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { judge } from './exceptions.ts';
import { files, root } from './sources.ts';

const charsMax = 120;

interface Report {
  readonly diagnostics: readonly { message: string; filename: string; labels: readonly { span: { line: number } }[] }[];
}

test('functions have at most 70 lines and 3 parameters, files at most 300 lines', () => {
  const config = ['--config', 'test/tidy/size.oxlintrc.json', '--disable-nested-config', '--format', 'json'];
  const { stdout, error } = spawnSync(`${root}node_modules/.bin/oxlint`, config, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  if (error) throw error;
  const { diagnostics } = JSON.parse(stdout) as Report;
  const findings = diagnostics.map(({ filename, message, labels }) => ({
    path: filename,
    what: `line ${labels[0]?.span.line}: ${message}`,
  }));
  expect(judge('size', findings)).toEqual([]);
});

test('lines of code have at most 120 characters', () => {
  const code = files.filter(({ path }) => /\.(ts|sql|sh)$/.test(path));
  const findings = code.flatMap(({ path, lines }) => {
    const long = lines
      .map((line, index) => ({ number: index + 1, chars: [...line].length }))
      .filter(({ chars }) => chars > charsMax);
    return long.map(({ number, chars }) => ({ path, what: `line ${number} has ${chars} characters` }));
  });
  expect(judge('width', findings)).toEqual([]);
});

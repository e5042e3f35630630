import { expect, test } from 'vitest';
import {
  areas,
  errors,
  events,
  jobs,
  machines,
  operations,
  roomKinds,
  signals,
  snapshots,
} from '../../src/domain/registry.ts';
import { universalErrors } from '../../src/domain/kernel/errors.ts';
import { judge } from './exceptions.ts';
import { areaEdges } from './layers.ts';
import { files, typescript } from './sources.ts';

const misnamed = (names: Iterable<string>, pattern: RegExp) => [...names].filter((name) => !pattern.test(name));

test('operations are named area.verb', () => {
  expect(misnamed(operations.keys(), /^[a-z][a-zA-Z]*\.[a-z][a-zA-Z]*$/)).toEqual([]);
});

test('errors are named area.reason, and start with a word that an operation of their area starts with', () => {
  expect(
    misnamed(
      Object.keys(errors).filter((code) => code !== 'internal'),
      /^[a-z][a-zA-Z]*\.[a-z][a-z_]*$/,
    ),
  ).toEqual([]);
  const strangers = areas.flatMap((area) => {
    const words = new Set<string>([area.name, ...area.operations.map(({ name }) => name.split('.')[0] ?? '')]);
    return Object.keys(area.errors).filter(
      (code) => !(code in universalErrors) && !words.has(code.split('.')[0] ?? ''),
    );
  });
  expect(strangers).toEqual([]);
});

test('events, signals and jobs are named in two lower-case words or more; machines, rooms and entities in one', () => {
  const published = [...roomKinds.values()].flatMap((room) => room.events.map(({ type }) => type));
  expect(misnamed([...events.keys(), ...published, ...jobs.keys()], /^[a-z][a-zA-Z]*(\.[a-z][a-zA-Z]*)+$/)).toEqual([]);
  expect(misnamed(signals.keys(), /^[a-z]+(\.[a-z]+)*$/)).toEqual([]);
  expect(misnamed([...machines.keys(), ...roomKinds.keys(), ...snapshots.keys()], /^[a-z]+(_[a-z]+)*$/)).toEqual([]);
});

test('every area of the registry is in the table of edges, in an order that the edges allow', () => {
  const names = areas.map(({ name }) => name as string);
  expect(names.toSorted()).toEqual(Object.keys(areaEdges).toSorted());
  const early = names.filter((name, index) => (areaEdges[name] ?? []).some((below) => names.indexOf(below) > index));
  expect(early).toEqual([]);
});

test('files are in kebab-case and say what they hold', () => {
  const vague = /^(utils?|helpers?|common|managers?|services?|types?|misc|shared|lib)$/;
  const findings = typescript.flatMap(({ path }) => {
    const stem =
      path
        .split('/')
        .at(-1)
        ?.replace(/(\.test|\.config)?\.ts$/, '') ?? '';
    if (vague.test(stem)) return [{ path, what: 'says nothing about what it holds' }];
    return /^[a-z0-9]+(-[a-z0-9]+)*$/.test(stem) ? [] : [{ path, what: 'is not in kebab-case' }];
  });
  expect(judge('file names', findings)).toEqual([]);
});

test('migrations are numbered without holes', () => {
  const names = files
    .map(({ path }) => path)
    .filter((path) => path.startsWith('migrations/'))
    .toSorted();
  const expected = names.map((_, index) => String(index + 1).padStart(4, '0'));
  expect(names.map((name) => /^migrations\/(\d{4})_[a-z0-9_]+\.sql$/.exec(name)?.[1])).toEqual(expected);
});

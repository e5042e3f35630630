import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { environment, readConfig } from '../../src/config.ts';
import { root } from './sources.ts';

const known = Object.keys(environment.shape).toSorted();
const read = (name: string) => readFileSync(root + name, 'utf8');

test('.env.example lists exactly the variables that the server reads, and changes nothing when copied', () => {
  const lines = read('.env.example')
    .split('\n')
    .filter((line) => /^(# )?[A-Z][A-Z0-9_]*=/.test(line));
  expect(lines.map((line) => line.replace(/^# |=.*$/g, '')).toSorted()).toEqual(known);
  expect(lines.filter((line) => !line.startsWith('# '))).toEqual([]);
});

test('the examples in .env.example are settings that the server takes', () => {
  const examples = [...read('.env.example').matchAll(/^# ([A-Z0-9_]+)=(.+)$/gm)].map(([, name, value]) => [
    name,
    value,
  ]);
  expect(() => readConfig(Object.fromEntries(examples))).not.toThrow();
});

test('the compose file sets only variables that the server reads', () => {
  const block = /^x-environment:[^]*?(?=^\S)/m.exec(read('docker-compose.yml'))?.[0] ?? '';
  const names = [...block.matchAll(/^ {2}([A-Z0-9_]+):/gm)].map(([, name = '']) => name);
  expect(names.length).toBeGreaterThan(5);
  expect(names.filter((name) => !known.includes(name))).toEqual([]);
});

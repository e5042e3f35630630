import { access } from 'node:fs/promises';
import type { Operation } from '../../src/domain/kernel/index.ts';
import { areas, operations } from '../../src/domain/registry.ts';
import type { AreaCases, OperationCases } from './cases.ts';

/** An operation with its cases. */
export interface Cased {
  readonly name: string;
  readonly operation: Operation;
  readonly own: OperationCases;
}

/** The cases of all areas, from `cases/<area>.ts`, none where it is missing; the completeness test then fails. */
export async function loadCases(): Promise<AreaCases & { readonly cased: readonly Cased[] }> {
  const all = await Promise.all(areas.map(({ name }) => casesOf(name)));
  const own = Object.assign({}, ...all.map((area) => area.operations)) as AreaCases['operations'];
  const errors = Object.assign({}, ...all.map((area) => area.errors)) as AreaCases['errors'];
  const cased = Object.entries(own).flatMap(([name, ofOne]) => {
    const operation = operations.get(name);
    return operation ? [{ name, operation, own: ofOne }] : [];
  });
  return { operations: own, errors, cased };
}

async function casesOf(area: string): Promise<AreaCases> {
  const file = new URL(`cases/${area}.ts`, import.meta.url);
  const written = await access(file).then(
    () => true,
    () => false,
  );
  const module = written ? ((await import(file.href)) as Record<string, AreaCases>) : {};
  return module[`${area}Cases`] ?? { operations: {}, errors: {} };
}

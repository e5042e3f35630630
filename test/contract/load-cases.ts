import { access } from 'node:fs/promises';
import { areas } from '../../src/domain/registry.ts';
import type { AreaCases } from './cases.ts';

/** The cases of all areas, from `cases/<area>.ts`, none where it is missing; the completeness test then fails. */
export async function loadCases(): Promise<AreaCases> {
  const all = await Promise.all(areas.map(({ name }) => casesOf(name)));
  return {
    operations: Object.assign({}, ...all.map(({ operations }) => operations)) as AreaCases['operations'],
    errors: Object.assign({}, ...all.map(({ errors }) => errors)) as AreaCases['errors'],
  };
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

import { expect, test } from 'vitest';
import { judge, type Finding } from './exceptions.ts';
import { areaEdges, domainLayers, layers, packageOwners, type Layer } from './layers.ts';
import { importsOf, typescript, type Import, type Source } from './sources.ts';

const layerOf = (path: string): Layer | undefined =>
  layers.find(({ paths }) =>
    paths.some((prefix) => path === prefix || (prefix.endsWith('/') && path.startsWith(prefix))),
  );

/** Every import of our own files that `wrong` has something to say about. */
function find(wrong: (source: Source, to: Import, layer: Layer) => string | null): Finding[] {
  return typescript.flatMap((source) => {
    const layer = layerOf(source.path);
    if (!layer) return [{ path: source.path, what: 'belongs to no layer of test/tidy/layers.ts' }];
    const whats = importsOf(source).map((to) => wrong(source, to, layer));
    return whats.filter((what) => what !== null).map((what) => ({ path: source.path, what }));
  });
}

test('each layer imports only the layers below it', () => {
  const findings = find((_, to, layer) => {
    if (!to.own || layer.mayImport === 'everything') return null;
    const target = layerOf(to.target)?.name ?? 'nothing';
    const allowed = target === layer.name || layer.mayImport.includes(target);
    const typesAllowed = to.typeOnly && layer.mayImportTypesOf?.includes(target);
    return allowed || typesAllowed ? null : `${layer.name} may not import ${to.target}`;
  });
  expect(judge('layers', findings)).toEqual([]);
});

test('an area is entered only through its index.ts', () => {
  const findings = find((_, to, layer) => {
    const area = layerOf(to.target);
    if (!to.own || !area || area === layer || !(area.name in areaEdges) || layer.name === 'around') return null;
    return to.target === `src/domain/${area.name}/index.ts` ? null : `imports ${to.target} past its index.ts`;
  });
  expect(judge('doors', findings)).toEqual([]);
});

test('each package is imported only by the layers that own it', () => {
  const findings = find(({ path }, to, layer) => {
    if (to.own || to.target.startsWith('node:') || layer.name === 'around') return null;
    const owners = packageOwners[to.target];
    if (!owners) return `imports ${to.target}, which is not in the table of packages`;
    const named = owners.includes(layer.name) || (owners.includes('domain') && domainLayers.includes(layer.name));
    return named || (to.typeOnly && path.startsWith('src/')) ? null : `${layer.name} may not import ${to.target}`;
  });
  expect(judge('packages', findings)).toEqual([]);
});

test('no modules import each other in a circle', () => {
  const graph = new Map(
    typescript.map((source) => [
      source.path,
      importsOf(source)
        .filter((to) => to.own && !to.typeOnly)
        .map((to) => to.target),
    ]),
  );
  const done = new Set<string>();
  const circles: Finding[] = [];
  const visit = (path: string, trail: readonly string[]) => {
    if (trail.includes(path)) circles.push({ path, what: [...trail.slice(trail.indexOf(path)), path].join(' → ') });
    if (trail.includes(path) || done.has(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  expect(judge('circles', circles)).toEqual([]);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { errors, events, machines, operations, roomKinds, signals } from '../../src/domain/registry.ts';
import { createHttpHarness, publicUrl, type HttpHarness } from './harness.ts';

let http: HttpHarness;
let docs: string;
beforeAll(async () => {
  http = await createHttpHarness();
  docs = await (await http.send('/docs')).text();
});
afterAll(() => http.close());

test('the reference has an entry for everything that is declared', () => {
  const open = [...operations.values()].filter(({ access }) => access !== 'system').map(({ name }) => `id="${name}"`);
  const named = [
    ...open,
    ...[...events.keys()].map((type) => `id="event-${type}"`),
    ...[...roomKinds.keys()].map((kind) => `id="room-${kind}"`),
    ...[...signals.keys()].map((type) => `id="signal-${type}"`),
    ...[...machines.keys()].map((name) => `id="machine-${name}"`),
    ...Object.keys(errors).map((code) => `<code>${code}</code>`),
  ];
  expect(named.filter((text) => !docs.includes(text))).toEqual([]);
});

test('system commands are told to nobody', () => {
  const hidden = [...operations.values()].filter(({ access }) => access === 'system');
  expect(hidden.filter(({ name }) => docs.includes(`id="${name}"`))).toEqual([]);
});

test('every link inside the reference leads somewhere', () => {
  const targets = new Set([...docs.matchAll(/id="([^"]+)"/g)].map(([, id]) => id));
  const links = [...docs.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
  expect(links.filter((id) => !targets.has(id))).toEqual([]);
});

test.each(['/', '/docs'])('%s loads nothing from elsewhere', async (path) => {
  const response = await http.send(path);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-security-policy')).toContain(
    "default-src 'none'; style-src 'self'; script-src 'self'",
  );
  const sources = [...(await response.text()).matchAll(/(?:src|rel="stylesheet" href)="([^"]+)"/g)].map(
    ([, source = '']) => source,
  );
  expect(sources.length).toBeGreaterThan(0);
  for (const source of sources) expect((await http.send(source)).status).toBe(200);
});

test.each(['/openapi.json', '/asyncapi.json'])('%s is JSON', async (path) => {
  const response = await http.send(path);
  expect(response.headers.get('content-type')).toContain('application/json');
  expect(await response.json()).toMatchObject({ info: { title: 'Soko' } });
});

test('the landing page shows how to connect here', async () => {
  expect(await (await http.send('/')).text()).toContain(`io(&#39;${publicUrl}&#39;`);
});

import { createServer, type AddressInfo, type Server } from 'node:net';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEngine, type Engine, type EngineParts } from '../../src/gateway/index.ts';
import { createResolveIp } from '../../src/gateway/client-ip.ts';
import { loadUws } from '../../src/gateway/uws.ts';
import { engineKind } from '../support/server.ts';

const parts: Omit<EngineParts, 'kind'> = {
  fetch: async () => new Response('here'),
  trustedProxies: [],
  log: pino({ level: 'silent' }),
  onSlowConsumer: () => {},
};
let taken: Server;
let engine: Engine;
beforeAll(async () => {
  taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  engine = await createEngine({ ...parts, kind: engineKind });
});
afterAll(async () => {
  await engine.close();
  await new Promise((resolve) => taken.close(resolve));
});

test('a port in use is one clear error, and another port can be tried', async () => {
  expect(engine.kind).toBe(engineKind);
  const { port } = taken.address() as AddressInfo;
  await expect(engine.listen({ host: '127.0.0.1', port })).rejects.toThrow(
    `cannot listen on 127.0.0.1:${port}: the port is in use`,
  );
  await expect(engine.listen({ host: '192.0.2.1', port: 0 })).rejects.toThrow(
    'cannot listen on 192.0.2.1:0: this machine has no such address',
  );
  const free = await engine.listen({ host: '127.0.0.1', port: 0 });
  expect(await (await fetch(`http://127.0.0.1:${free}/`)).text()).toBe('here');
});

test('auto takes uWebSockets.js exactly where its binary loads; uws refuses to start elsewhere', async () => {
  const loads = !('error' in (await loadUws()));
  const automatic = await createEngine({ ...parts, kind: 'auto' });
  expect(automatic.kind).toBe(loads ? 'uws' : 'node');
  await automatic.close();
  const forced = createEngine({ ...parts, kind: 'uws' });
  if (loads) return (await forced).close();
  await expect(forced).rejects.toThrow('GATEWAY_ENGINE=uws: the uWebSockets.js binary does not load here');
});

test('a trusted proxy that is neither address nor range stops the start', () => {
  for (const entry of ['proxy.local', '10.0.0.0/33', '10.0.0.0/x', '']) {
    expect(() => createResolveIp([entry])).toThrow(`trusted proxy ${entry}:`);
  }
  expect(createResolveIp(['2001:db8::/32'])('2001:db8::7', '203.0.113.5')).toBe('203.0.113.5');
});

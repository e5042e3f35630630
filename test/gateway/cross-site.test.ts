import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestUser } from '../support/harness.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { connectTo, type TestSocket } from '../support/test-socket.ts';

let server: TestServer;
let asha: TestUser;
const sockets: TestSocket[] = [];
beforeAll(async () => {
  const settings = { publicUrl: 'https://market.test', corsOrigins: ['https://shop.example'] };
  server = await startTestServer({ settings });
  asha = await server.harness.user({ fullName: 'Asha' });
});
afterAll(async () => {
  for (const { socket } of sockets) socket.close();
  await server.close();
});

/** Who a socket is of, opened by a page of an origin with the cookie of a signed-in person. */
async function whoFrom(headers: Record<string, string>): Promise<string | null> {
  const socket = connectTo(server.url, {}, { cookie: `access_token=${asha.token}`, ...headers });
  sockets.push(socket);
  return (await socket.ready).user?.id ?? null;
}

test.each([
  ['our own origin', { origin: 'https://market.test' }],
  ['an allow-listed shop', { origin: 'https://shop.example' }],
  ['another name of this server', { origin: 'https://other.test', host: 'other.test' }],
  ['no browser', {}],
])('the cookie counts on a socket from %s', async (_name, headers) => {
  expect(await whoFrom(headers)).toBe(asha.id);
});

test.each([
  ['elsewhere', { origin: 'https://evil.example' }],
  ['a sandboxed page', { origin: 'null' }],
  ['another port', { origin: 'https://market.test:8443' }],
  ['a sub-domain', { origin: 'https://evil.market.test' }],
  ['a host that ends like ours', { origin: 'https://evil-market.test' }],
  ['a host that begins like ours', { origin: 'https://market.test.evil.example' }],
  ['a host with our name before the @', { origin: 'https://market.test@evil.example' }],
  ['our host over http', { origin: 'http://market.test' }],
  ['the host of the request over http', { origin: 'http://other.test', host: 'other.test' }],
  ['a file', { origin: 'file://' }],
  ['an extension', { origin: 'chrome-extension://market.test' }],
])('a socket that %s opens is of a guest, whatever cookie comes along', async (_name, headers) => {
  expect(await whoFrom(headers)).toBeNull();
});

test('a second cookie of the name makes a guest', async () => {
  const mallory = await server.harness.user();
  const cookie = `access_token=${asha.token}; access_token=${mallory.token}`;
  expect(await whoFrom({ cookie, origin: 'https://market.test' })).toBeNull();
});

test('cookies with names around ours are not ours', async () => {
  const cookie = `xaccess_token=${asha.token}; access_token_x=${asha.token}; a=access_token=${asha.token}`;
  expect(await whoFrom({ cookie, origin: 'https://market.test' })).toBeNull();
});

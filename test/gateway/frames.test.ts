import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '../../src/domain/kernel/index.ts';
import type { TestUser } from '../support/harness.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { rawConnect } from './raw-socket.ts';

let server: TestServer;
let asha: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  asha = await server.harness.user();
});
afterAll(() => server.close());

const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

test('an unknown command gets a clear error and the socket stays open', async () => {
  const client = server.connect(asha);
  expect(await client.fails('offers.steal')).toBe('command.unknown');
  expect(await client.fails('__proto__')).toBe('command.unknown');
  expect(await client.fails('error')).toBe('command.unknown');
  expect(await client.ok('users.me')).toMatchObject({ id: asha.id });
});

test('input that is not an object gets a clear error', async () => {
  const client = server.connect(asha);
  for (const input of ['text', 7, null, [1], true])
    expect(await client.fails('users.me', input)).toBe('frame.malformed');
  const bare = await client.socket.timeout(20_000).emitWithAck('users.me');
  const surplus = await client.socket.timeout(20_000).emitWithAck('users.me', {}, {});
  expect([bare.error?.code, surplus.error?.code]).toEqual(['frame.malformed', 'frame.malformed']);
  await client.ok('users.me');
});

test('an oversized input gets a clear error, however it is counted', async () => {
  const client = server.connect(asha);
  expect(await client.fails('users.update', { bio: 'x'.repeat(limits.frameBytes) })).toBe('frame.too_large');
  expect(await client.fails('users.update', { bio: '界'.repeat(limits.frameBytes / 3) })).toBe('frame.too_large');
  expect(await client.fails('users.update', { bio: 'x'.repeat(limits.frameBytes - 100) })).toBe('input.invalid');
  await client.ok('users.me');
});

test('deeply nested JSON gets a clear error', async () => {
  const client = await rawConnect(server.url, { token: asha.token });
  client.send(`421["users.me",{"a":${nested(100)}}]`);
  client.send(`422["users.me",{"a":${nested(30_000)}}]`);
  client.send(`423["users.me",${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}]`);
  for (const id of [1, 2, 3]) expect(await client.frame(`43${id}[`)).toContain('"frame.malformed"');
  client.send('424["users.me",{}]');
  expect(await client.frame('434[')).toContain('"ok":true');
  client.ws.close();
});

test('frames that are not commands get a clear error, by acknowledgement where one can be read', async () => {
  const client = await rawConnect(server.url, { token: asha.token });
  for (const frame of [
    '421{"not":"an array"}',
    '422["users.me",',
    '423["connect",{}]',
    '424[7,{}]',
    '42/other,5["users.me",{}]',
  ])
    client.send(frame);
  for (const id of [1, 2, 3, 4, 5]) expect(await client.frame(`43${id}[`)).toContain('"frame.malformed"');
  client.send('451-6["users.me",{"_placeholder":true,"num":0}]');
  expect(await client.frame('436[')).toContain('"frame.malformed"');
  const told = () => client.frames.filter((frame) => frame.startsWith('42["signal",{"type":"frame.refused"')).length;
  const silent = ['hello', '', '4', '49', '42', '42["users.me",', Buffer.from([1, 2, 3]), 'b!!!'];
  for (const [index, frame] of silent.entries()) {
    client.send(frame);
    await expect.poll(told, { timeout: 20_000 }).toBe(index + 1);
  }
  client.send('429["users.me",{}]');
  expect(await client.frame('439[')).toContain('"ok":true');
  client.ws.close();
});

test('a command without an acknowledgement runs all the same', async () => {
  const client = server.connect(asha);
  await client.ready;
  client.socket.emit('users.update', { bio: 'written in silence' });
  await expect.poll(async () => (await client.ok('users.me')).bio, { timeout: 20_000 }).toBe('written in silence');
});

test('bad frames that repeat close the socket with 4004', async () => {
  const client = await rawConnect(server.url, { token: asha.token });
  for (let id = 0; id <= limits.badFramesPerMinute; id += 1) client.send(`42${id}["no.such",{}]`);
  expect(await client.closed).toBe(4004);
  expect(client.frames.filter((frame) => frame.startsWith('43'))).toHaveLength(limits.badFramesPerMinute + 1);
  expect(client.frames.at(-1)).toMatch(/^42\["reconnect",\{"afterMs":\d+,"reason":"bad frames"\}\]$/);
});

test('a frame beyond any reason closes the socket', async () => {
  const client = await rawConnect(server.url, { token: asha.token });
  client.send(`42["users.me",{"a":"${'x'.repeat(2 * 1024 * 1024)}"}]`);
  expect([1006, 1009]).toContain(await client.closed);
});

test('one socket has at most so many commands running', async () => {
  const client = server.connect(asha);
  await client.ready;
  const sent = limits.commandsInFlightPerSocket * 10;
  const replies = await Promise.all(Array.from({ length: sent }, () => client.call('users.me')));
  const refused = replies.filter((reply) => !reply.ok);
  expect(refused.length).toBeGreaterThan(0);
  expect(sent - refused.length).toBeGreaterThanOrEqual(limits.commandsInFlightPerSocket);
  expect(refused[0]).toMatchObject({ error: { code: 'limit.rate', retry: 'later', retryAfterMs: 1_000 } });
});

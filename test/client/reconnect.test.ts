import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { backoffMs, toldMs } from '../../client/src/backoff.ts';
import { connect, type ClientEvents, type SokoClient } from '../../client/src/index.ts';
import { rawOpen } from '../gateway/raw-socket.ts';
import { startTestServer } from '../support/server.ts';
import { until } from './until.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

const welcome = {
  protocol: 1,
  user: null,
  sessionId: null,
  serverNow: '2026-01-01T00:00:00.000Z',
  expiresAt: null,
  inbox: null,
  limits: {},
};

/** A server by script: each connection that asks to be let in is handed to the next step, the last one to them all. */
async function scripted(...steps: ((ws: WebSocket, letIn: () => void) => void)[]) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const askedAt: number[] = [];
  server.on('connection', (ws) => {
    ws.send('0{"sid":"s","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}');
    ws.on('message', (data) => {
      if (!String(data).startsWith('40')) return;
      const step = steps[Math.min(askedAt.length, steps.length - 1)];
      askedAt.push(performance.now());
      step?.(ws, () => ws.send(`40{"sid":"s"}`, () => ws.send(`42${JSON.stringify(['ready', welcome])}`)));
    });
  });
  closers.push(() => {
    for (const ws of server.clients) ws.terminate();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, askedAt };
}

async function connected(url: string): Promise<{ client: SokoClient; losses: ClientEvents['offline'][] }> {
  const client = await connect({ url });
  closers.push(() => client.close());
  const losses: ClientEvents['offline'][] = [];
  client.on('offline', (loss) => losses.push(loss));
  return { client, losses };
}

/** Lets the client in and closes the socket a moment later. */
const closing = (code: number, farewell?: string) => (ws: WebSocket, letIn: () => void) => {
  letIn();
  setTimeout(() => {
    if (farewell) ws.send(farewell);
    ws.close(code);
  }, 100);
};
const lettingIn = (_: WebSocket, letIn: () => void) => letIn();
const refusing = (retryAfterMs: number) => (ws: WebSocket) =>
  ws.send(
    `44${JSON.stringify({ message: '', data: { code: 'limit.rate', message: '', retry: 'later', retryAfterMs } })}`,
  );

test('a reader that was too slow comes back at once', async () => {
  const { url, askedAt } = await scripted(closing(4003), lettingIn);
  const { losses } = await connected(url);
  await until(() => askedAt.length === 2);
  expect(losses.map(({ retryInMs }) => retryInMs)).toEqual([0]);
});

test('a client sent away comes back after the told delay', async () => {
  const { url, askedAt } = await scripted(
    closing(4005, '42["reconnect",{"afterMs":400,"reason":"draining"}]'),
    lettingIn,
  );
  const { losses } = await connected(url);
  await until(() => askedAt.length === 2);
  expect(losses).toHaveLength(1);
  expect(losses[0]?.retryInMs).toBeGreaterThanOrEqual(400);
  expect(losses[0]?.retryInMs).toBeLessThanOrEqual(800);
  expect((askedAt[1] ?? 0) - (askedAt[0] ?? 0)).toBeGreaterThanOrEqual(499);
});

test('a refused client stays away for as long as it is told, each time anew', async () => {
  const { url, askedAt } = await scripted(refusing(300), refusing(500), lettingIn);
  await connected(url);
  expect(askedAt).toHaveLength(3);
  const waits = askedAt.slice(1).map((at, index) => at - (askedAt[index] ?? 0));
  // Timers of Node may fire a millisecond early.
  expect(waits[0]).toBeGreaterThanOrEqual(299);
  expect(waits[1]).toBeGreaterThanOrEqual(499);
});

test('a client whose connection breaks without a word backs off with full jitter', async () => {
  const { url, askedAt } = await scripted(
    closing(1011),
    (ws) => ws.terminate(),
    (ws) => ws.terminate(),
    lettingIn,
  );
  const { losses } = await connected(url);
  await until(() => askedAt.length === 4);
  for (const [index, { retryInMs }] of losses.entries()) expect(retryInMs).toBeLessThanOrEqual(250 * 2 ** index);
  for (const [tries, boundMs] of [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000].entries()) {
    const waits = Array.from({ length: 400 }, () => backoffMs(tries));
    expect(Math.max(...waits)).toBeLessThanOrEqual(boundMs);
    expect(Math.max(...waits)).toBeGreaterThan(boundMs * 0.9);
    expect(Math.min(...waits)).toBeLessThan(boundMs * 0.1);
  }
});

test('thousands told the same number do not come back together', () => {
  for (const [told, latest] of [
    [1_000, 2_000],
    [4_000, 8_000],
    [30_000, 35_000],
  ] as const) {
    const waits = Array.from({ length: 2_000 }, () => toldMs(told));
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(told);
    expect(Math.max(...waits)).toBeLessThanOrEqual(latest);
    const step = (latest - told) / 10;
    for (let from = told; from < latest; from += step) {
      expect(waits.filter((ms) => ms >= from && ms < from + step).length).toBeLessThan(300);
    }
  }
  expect(toldMs(0)).toBe(0);
  expect(toldMs(Number.MAX_SAFE_INTEGER)).toBeLessThan(600_000);
});

test('a client turned away in a storm gets in when its turn comes, and hears what it missed', async () => {
  const server = await startTestServer({ settings: { admissionRate: 1 } });
  closers.push(() => server.close());
  const asha = await server.harness.user();
  const bios: unknown[] = [];
  const client = await connect({
    url: server.url,
    token: asha.token,
    onEvent: ({ data }) => bios.push((data as unknown as { bio: string }).bio),
  });
  closers.push(() => client.close());
  const losses: ClientEvents['offline'][] = [];
  client.on('offline', (loss) => losses.push(loss));
  const crowd = await Promise.all(Array.from({ length: 4 }, () => rawOpen(server.url)));
  closers.push(() => crowd.forEach(({ ws }) => ws.terminate()));
  for (const socket of crowd) socket.send('40');
  await until(() => server.gateway.stats().turnedAway > 0);
  client.drop();
  await server.harness.ok(asha, 'users.update', { bio: 'while away' });
  await until(() => client.online && bios.includes('while away'));
  const told = losses.find(({ error }) => error.code === 'limit.rate');
  expect(told?.retryInMs).toBeGreaterThanOrEqual(told?.error.retryAfterMs ?? Infinity);
  expect(bios).toEqual(['while away']);
});

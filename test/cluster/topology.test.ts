import { spawn, type ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newDatabaseTarget } from '../support/databases.ts';
import { registered } from '../support/http-client.ts';
import { freePort } from '../support/free-port.ts';
import { startProcess, tempFolder, type SokoProcess } from '../support/process.ts';

/** The compose file's topology as processes: two gateways, a worker, and HAProxy where its binary is installed. */
const clustered = test.skipIf(!process.env.DATABASE_URL || !process.env.REDIS_URL);
const closers: (() => Promise<unknown>)[] = [];
const onEnd = (close: () => Promise<unknown>) => void closers.unshift(close);
let one: SokoProcess;
let two: SokoProcess;
let balancer: string | null;

beforeAll(async () => {
  const { target, drop } = await newDatabaseTarget();
  if (!('url' in target)) throw new Error('the cluster needs a PostgreSQL server');
  onEnd(drop);
  const { folder, remove } = await tempFolder();
  onEnd(remove);
  const portOne = String(await freePort());
  const env = {
    DATABASE_URL: target.url,
    REDIS_URL: process.env.REDIS_URL ?? '',
    DATA_DIR: folder,
    DRAIN_WINDOW: '1s',
    PAYMENT_WINDOW: '10s',
    SANDBOX_CONFIRM_AFTER: '200ms',
    PUBLIC_URL: 'http://market.test',
    SANDBOX_WEBHOOK_URL: `http://127.0.0.1:${portOne}/v1/webhooks/sandbox`,
    ...(process.env.MONGODB_URL ? { JOBS_URL: process.env.MONGODB_URL } : {}),
  };
  // All at once: nodes that migrate and seed together must take turns by themselves.
  const nodes = await Promise.all([
    startProcess({ ...env, ROLE: 'gateway', NODE_ID: 'gateway-1', PORT: portOne }),
    startProcess({ ...env, ROLE: 'gateway', NODE_ID: 'gateway-2' }),
    startProcess({ ...env, ROLE: 'worker', NODE_ID: 'worker-1' }),
  ]);
  [one, two] = nodes;
  onEnd(() => Promise.all(nodes.map((node) => node.end('SIGTERM'))));
  balancer = await startBalancer(folder, [one.url, two.url]);
});
afterAll(async () => {
  for (const close of closers) await close();
});

async function startBalancer(folder: string, backends: string[]): Promise<string | null> {
  const port = await freePort();
  const servers = backends.map((url, n) => `  server gateway${n} ${new URL(url).host} check`).join('\n');
  const file = join(folder, 'haproxy.cfg');
  await writeFile(
    file,
    `
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout tunnel 1h
frontend market
  bind 127.0.0.1:${port}
  default_backend gateways
backend gateways
  balance leastconn
  option httpchk GET /readyz
${servers}
`,
  );
  const child: ChildProcess | null = await new Promise((resolve) => {
    const started = spawn('haproxy', ['-f', file], { stdio: 'ignore' });
    started.once('error', () => resolve(null));
    started.once('spawn', () => resolve(started));
  });
  if (!child) return null;
  onEnd(async () => child.kill());
  const url = `http://127.0.0.1:${port}`;
  await until(async () => (await fetch(`${url}/readyz`).catch(() => null))?.status === 200);
  return url;
}

async function until(condition: () => Promise<boolean> | boolean, withinMs = 30_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`still not so after ${withinMs} ms: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

interface Frames {
  readonly socket: Socket;
  readonly inbox: { seq: number; type: string; data: any }[];
  readonly signals: { type: string; data: any }[];
  readonly session: { type: string; reason?: string }[];
}

async function connect(url: string, token?: string): Promise<Frames> {
  const socket = io(url, { transports: ['websocket'], auth: { token }, reconnection: false, forceNew: true });
  onEnd(async () => socket.disconnect());
  const frames: Frames = { socket, inbox: [], signals: [], session: [] };
  socket.on('inbox', ({ events }) => frames.inbox.push(...events));
  socket.on('signal', (signal) => frames.signals.push(signal));
  socket.on('session', (frame) => frames.session.push(frame));
  await new Promise((resolve, reject) => {
    socket.once('ready', resolve);
    socket.once('connect_error', reject);
  });
  return frames;
}

async function listed(seller: Awaited<ReturnType<typeof registered>>, quantity = 1) {
  const { items } = await seller.call('categories.list');
  return seller.call('listings.create', {
    title: 'Kettle',
    description: 'Boils',
    categoryId: items[0].id,
    priceMinor: 900,
    currency: 'USD',
    condition: 'good',
    quantity,
  });
}

clustered('a message sent at one node is pushed at the other', async () => {
  const seller = await registered(one.url, 'Seller');
  const buyer = await registered(two.url, 'Buyer');
  const listing = await listed(seller);
  const there = await connect(two.url, seller.token);
  const { id } = await buyer.call('conversations.open', { listingId: listing.id });
  const here = await connect(one.url, buyer.token);
  await here.socket.emitWithAck('messages.send', { conversationId: id, kind: 'text', text: 'across' });
  await until(() => there.inbox.some(({ data }) => JSON.stringify(data).includes('across')));
});

clustered('the worker expires an unpaid order that a gateway took, and both sides are told', async () => {
  const seller = await registered(one.url, 'Seller');
  const buyer = await registered(two.url, 'Buyer');
  const listing = await listed(seller);
  const watching = await connect(one.url, buyer.token);
  await buyer.call('orders.place', {
    listingId: listing.id,
    quantity: 1,
    delivery: { method: 'pickup' },
    paymentMethod: 'sandbox',
  });
  expect((await buyer.call('listings.get', { listingId: listing.id })).available).toBe(0);
  await until(() =>
    watching.inbox.some(({ type, data }) => type === 'order.changed' && data.state === 'payment_expired'),
  );
  await until(async () => (await buyer.call('listings.get', { listingId: listing.id })).available === 1);
});

clustered('revoking a session at one node closes its sockets at the other within a second or so', async () => {
  const person = await registered(one.url, 'Traveller');
  const lost = await connect(two.url, person.token);
  const closed = new Promise((resolve) => lost.socket.once('disconnect', resolve));
  await person.call('sessions.logout');
  await closed;
  expect(lost.session).toContainEqual(expect.objectContaining({ type: 'revoked' }));
  await expect(person.call('users.me')).rejects.toThrow('auth.revoked');
});

clustered('the worker charges, the bank reports to one gateway, and the buyer at the other is told', async () => {
  const seller = await registered(one.url, 'Seller');
  const buyer = await registered(two.url, 'Buyer');
  const listing = await listed(seller);
  const watching = await connect(two.url, buyer.token);
  const group = await buyer.call('orders.place', {
    listingId: listing.id,
    quantity: 1,
    delivery: { method: 'pickup' },
    paymentMethod: 'sandbox',
  });
  await buyer.call('payments.start', { orderGroupId: group.id, method: 'sandbox' });
  await until(() => watching.inbox.some(({ type, data }) => type === 'order.changed' && data.state === 'placed'));
});

clustered('viewers are counted over both nodes', async () => {
  const host = await registered(one.url, 'Host');
  const { id } = await host.call('streams.schedule', { title: 'Sneakers live' });
  await host.call('streams.goLive', { streamId: id });
  const [left, right] = [await connect(one.url), await connect(two.url)];
  const counts = () => left.signals.filter(({ type }) => type === 'stream.viewers').map(({ data }) => data.count);
  await left.socket.emitWithAck('rooms.join', { room: `stream:${id}` });
  await right.socket.emitWithAck('rooms.join', { room: `stream:${id}` });
  await until(() => counts().at(-1) === 2);
  right.socket.disconnect();
  await until(() => counts().at(-1) === 1);
});

clustered('sockets and HTTP come through the balancer', async ({ skip }) => {
  if (!balancer) return skip('haproxy is not installed');
  const person = await registered(balancer, 'Balanced');
  const { socket } = await connect(balancer, person.token);
  const reply = await socket.emitWithAck('users.me', {});
  expect(reply).toMatchObject({ ok: true, data: { fullName: 'Balanced' } });
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { eventually, newPrefix, redisUrl, startNode, stopNodes } from './nodes.ts';
import { startOwnRedis, type OwnRedis } from '../support/own-redis.ts';

interface Site {
  readonly server: Server;
  readonly client: Socket;
  readonly heard: string[];
}

let redis: OwnRedis;
let prefix: string;
const sites: Site[] = [];
const unhandled: unknown[] = [];
const note = (reason: unknown) => void unhandled.push(reason);

/** A socket server on the rooms' adapter, with one client that joins what it names. */
async function openSite(url: string): Promise<Site> {
  const { rooms } = await startNode({ redisUrl: url, prefix, attach: false });
  const http = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => http.once('listening', resolve));
  const server = new Server(http, { adapter: rooms.adapter as never });
  server.on('connection', (socket) => {
    socket.on('join', async (room: string, done: () => void) => {
      await socket.join(room);
      done();
    });
  });
  const client = io(`http://127.0.0.1:${(http.address() as AddressInfo).port}`, { transports: ['websocket'] });
  const heard: string[] = [];
  client.on('say', (text: string) => void heard.push(text));
  await new Promise<void>((resolve) => client.once('connect', resolve));
  const site = { server, client, heard };
  sites.push(site);
  return site;
}

describe.skipIf(!redisUrl)('the adapter between nodes', () => {
  beforeAll(async () => {
    process.on('unhandledRejection', note);
    redis = await startOwnRedis();
  });
  afterEach(async () => {
    for (const { client, server } of sites.splice(0)) {
      client.close();
      await server.close();
    }
    await stopNodes();
  });
  afterAll(async () => {
    await redis.remove();
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });

  test('carries a push to the sockets of all nodes, once and in order', async () => {
    prefix = newPrefix();
    const [one, two] = [await openSite(redis.url), await openSite(redis.url)];
    await Promise.all([one, two].map(({ client }) => client.emitWithAck('join', 'hall:a')));
    const said = Array.from({ length: 100 }, (_, index) => String(index));
    for (const text of said) one.server.to('hall:a').emit('say', text);
    await eventually(() => two.heard.length, 100);
    expect([one.heard, two.heard]).toEqual([said, said]);
  });

  test('reaches its own sockets while Redis is away, and all again afterwards', async () => {
    prefix = newPrefix();
    const [one, two] = [await openSite(redis.url), await openSite(redis.url)];
    await Promise.all([one, two].map(({ client }) => client.emitWithAck('join', 'hall:a')));
    await redis.kill();
    one.server.to('hall:a').emit('say', 'alone');
    await eventually(() => one.heard, ['alone']);
    await two.client.emitWithAck('join', 'hall:b');
    await redis.start();
    const tell = async (room: string) => {
      one.server.to(room).emit('say', room);
      await new Promise((resolve) => setTimeout(resolve, 50));
      return two.heard.includes(room);
    };
    await eventually(() => tell('hall:a'), true);
    await eventually(() => tell('hall:b'), true);
  });
});

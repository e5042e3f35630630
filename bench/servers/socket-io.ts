import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createShardedAdapter } from '@socket.io/redis-adapter';
import { createAdapter as createStreamsAdapter } from '@socket.io/redis-streams-adapter';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';
import { answerBench } from './answering.ts';

// Plain Socket.IO as its documentation sets it up, without long-polling and compression. The first argument names the
// adapter; `recovery` turns on connection state recovery, which the sharded adapter does not have.
const [kind = 'memory', recovery] = process.argv.slice(2);
const http = createServer();
const io = new Server(http, {
  transports: ['websocket'],
  perMessageDeflate: false,
  serveClient: false,
  ...adapterOf(kind),
  ...(recovery ? { connectionStateRecovery: {} } : {}),
});
io.on('connection', (socket) => void socket.join('room'));
http.listen(0, '127.0.0.1', () => {
  answerBench((http.address() as AddressInfo).port, (text) => io.to('room').emit('room', text));
});

function adapterOf(name: string): { adapter?: any } {
  if (name === 'memory') return {};
  const redis = new Redis(process.env.REDIS_URL ?? '');
  if (name === 'streams') return { adapter: createStreamsAdapter(redis) };
  return { adapter: createShardedAdapter(redis, redis.duplicate(), { subscriptionMode: 'dynamic' }) };
}

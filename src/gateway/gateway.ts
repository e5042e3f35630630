import { setTimeout as delay } from 'node:timers/promises';
import { Server, type Socket } from 'socket.io';
import type { Eviction } from '../domain/kernel/index.ts';
import type { RoomTransport } from '../rooms/index.ts';
import { AdmissionQueue, type AdmissionCounts } from './admission-queue.ts';
import { batchReads } from './batched-reads.ts';
import { createResolveIp } from './client-ip.ts';
import { closeCodes } from './close.ts';
import { dispatchTo } from './dispatch.ts';
import type { Engine } from './engine.ts';
import { watchEvictions, type EvictionWatch } from './evictions.ts';
import { createFanOut, type FanOut } from './fan-out.ts';
import { frameParser, tolerateForeignFrames } from './frames.ts';
import { admission } from './handshake.ts';
import { comeBack, type LiveSocket } from './live-socket.ts';
import { LocalSockets } from './local-sockets.ts';
import { openSocket, type Opening } from './open-socket.ts';
import type { GatewayParts } from './parts.ts';
import { watchHeads } from './head-check.ts';
import { watchExpiry, watchOutage } from './watches.ts';

export interface GatewayStats extends AdmissionCounts {
  readonly connections: number;
  readonly users: number;
  readonly rooms: number;
  readonly commandsInFlight: number;
  /** `inbox.head` signals sent for pushes that seemed lost. */
  readonly headSignals: number;
  /** Statements that read for arriving sockets, each for as many as came together. */
  readonly readBatches: number;
}

/** The socket server of this node. */
export interface Gateway {
  /** What rooms push through. */
  readonly transport: RoomTransport;
  /** Serves sockets on an engine. Once. */
  attach(engine: Engine): void;
  stats(): GatewayStats;
  /** Takes no new sockets, sends the open ones away spread over the window, and waits for running commands. */
  drain(windowMs: number): Promise<void>;
  /** Stops pushing, to this node and to others. */
  close(): Promise<void>;
}

/** Frames between the protocol's limit and this one are answered with `frame.too_large`; above it the socket closes. */
const transportFrameBytes = 1024 * 1024;
/** A client that does not ask to connect, or was refused and stays, is closed after this. */
const connectTimeoutMs = 10_000;
const drainWaitMs = 10_000;
const admissionRateDefault = 500;

export function createGateway(parts: GatewayParts): Gateway {
  const sockets = new LocalSockets();
  const io = createServer(parts);
  let draining = false;
  const resolveIp = createResolveIp(parts.settings.trustedProxies);
  const reads = batchReads(parts);
  const queue = new AdmissionQueue(parts.settings.admissionRate ?? admissionRateDefault);
  io.use(admission({ parts, sockets, reads, queue, resolveIp, isDraining: () => draining }));
  io.on('connection', (socket) => accept({ parts, sockets, reads }, socket));
  const headCheck = watchHeads(parts, sockets);
  const evictions = watchEvictions(parts, sockets);
  const fanOut = createFanOut(io.of('/'), parts.settings);
  const stops = [headCheck.stop, evictions.stop, watchExpiry(parts, sockets), watchOutage(parts, sockets), fanOut.stop];
  return {
    transport: transportOf(io, { sockets, fanOut, evictions }, parts),
    attach(engine) {
      engine.attach(io);
      fanOut.attach(engine);
      io.engine.on('connection', tolerateForeignFrames);
    },
    stats: () => ({
      connections: sockets.all.size,
      users: sockets.users.size,
      rooms: sockets.roomSizes.size,
      commandsInFlight: commandsInFlight(sockets),
      headSignals: headCheck.signals(),
      readBatches: reads.batches(),
      ...queue.counts(),
    }),
    async drain(windowMs) {
      draining = true;
      await Promise.all([...sockets.all].map((live) => sendAway(live, Math.random() * windowMs)));
      // Sockets that were being admitted when the drain began.
      await Promise.all([...sockets.all].map((live) => sendAway(live, 0)));
    },
    async close() {
      for (const stop of stops) stop();
      await io.of('/').adapter.close();
    },
  };
}

function createServer({ settings, rooms }: GatewayParts): Server {
  const anyOrigin = settings.corsOrigins.includes('*');
  return new Server({
    transports: settings.polling ? ['polling', 'websocket'] : ['websocket'],
    cors: anyOrigin ? { origin: '*' } : { origin: [...settings.corsOrigins], credentials: true },
    serveClient: false,
    perMessageDeflate: false,
    maxHttpBufferSize: transportFrameBytes,
    connectTimeout: connectTimeoutMs,
    parser: frameParser,
    ...(rooms.adapter ? { adapter: rooms.adapter } : {}),
  });
}

function accept(opening: Opening, socket: Socket): void {
  const live = socket.data.live as LiveSocket;
  // A client that leaves the namespace would stay subscribed to uWebSockets.js topics.
  socket.on('disconnect', () => void socket.conn.close());
  dispatchTo(opening.parts, live);
  openSocket(opening, live);
}

function transportOf(
  io: Server,
  { sockets, fanOut, evictions }: { sockets: LocalSockets; fanOut: FanOut; evictions: EvictionWatch },
  { rooms, log }: GatewayParts,
): RoomTransport {
  const main = io.of('/');
  main.on('evict', (eviction: Eviction) => evictions.apply(eviction));
  return {
    send(frame) {
      if (frame.event === 'inbox' && frame.span) sockets.pushed(frame.to.slice('user:'.length), frame.span);
      fanOut.send(frame);
    },
    evict(eviction) {
      evictions.apply(eviction);
      log.debug({ eviction }, 'evicting');
      // To the other nodes; never waited for, because one hung node would hold the request.
      if (rooms.adapter) main.serverSideEmit('evict', eviction);
    },
    roomSizes: () => sockets.roomSizes,
    localUsers: () => sockets.userCounts,
  };
}

async function sendAway(live: LiveSocket, afterMs: number): Promise<void> {
  await delay(afterMs);
  // The client's own wait spreads arrivals on the other nodes a little further.
  await live.retire(...comeBack(closeCodes.draining, 100 + Math.random() * 900, 'draining'), drainWaitMs);
}

function commandsInFlight(sockets: LocalSockets): number {
  let sum = 0;
  for (const live of sockets.all) sum += live.inFlight;
  return sum;
}

import { createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Server } from 'socket.io';
import type { WebSocket } from 'ws';
import { limits } from '../domain/kernel/index.ts';
import { createBacklogWatch, type BacklogWatch, type Watched } from './backlog.ts';
import { createResolveIp } from './client-ip.ts';
import { closeCodes } from './close.ts';
import type { Engine, EngineParts, ListenAddress } from './engine.ts';
import { arrival, bodyBytesMax, refusal, refusalResponse, type Fetch } from './http-bounds.ts';
import { listenError } from './listen-error.ts';

/** Node's http server with Socket.IO's own WebSocket server (`ws`). Runs everywhere. */
export function createNodeEngine({ fetch, trustedProxies, log, onSlowConsumer }: EngineParts): Engine {
  const resolveIp = createResolveIp(trustedProxies);
  const serve = getRequestListener(
    (request, env) => {
      const incoming = env.incoming as IncomingMessage;
      const ip = resolveIp(
        incoming.socket.remoteAddress ?? '',
        incoming.headers['x-forwarded-for'] as string | undefined,
      );
      return boundedFetch(fetch, request, ip);
    },
    {
      overrideGlobalObjects: false,
      // Balancers probe with HTTP/1.0, which may leave Host out.
      hostname: 'localhost',
      errorHandler: (error) => {
        log.error({ err: error }, 'an HTTP request failed');
        return refusalResponse('internal');
      },
    },
  );
  const server = createServer(arrival, (incoming, outgoing) => {
    if (Number(incoming.headers['content-length'] ?? 0) > bodyBytesMax(incoming.method ?? '')) refuse(outgoing);
    else void serve(incoming, outgoing);
  });
  const watch = createBacklogWatch();
  return {
    kind: 'node',
    attach(io) {
      io.attach(server);
      watchSlowReaders(io, watch, onSlowConsumer);
    },
    listen: (address) => listen(server, address),
    async close() {
      watch.stop();
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function refuse(outgoing: ServerResponse): void {
  const { status, body } = refusal('frame.too_large');
  outgoing.writeHead(status, { 'content-type': 'application/json', connection: 'close' }).end(body);
}

/** A body without a declared length is counted as it is read. */
async function boundedFetch(fetch: Fetch, request: Request, ip: string): Promise<Response> {
  if (request.method === 'GET' || request.method === 'HEAD') return fetch(request, { ip });
  if (request.headers.has('content-length') || !request.body) return fetch(request, { ip });
  let left = bodyBytesMax(request.method);
  const bounded = request.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        left -= chunk.byteLength;
        if (left < 0) controller.error(new Error('the body is larger than the limit'));
        else controller.enqueue(chunk);
      },
    }),
  );
  const { method, headers, signal } = request;
  const copy = new Request(request.url, { method, headers, signal, body: bounded, duplex: 'half' });
  try {
    const response = await fetch(copy, { ip });
    return left < 0 ? refusalResponse('frame.too_large') : response;
  } catch (error) {
    if (left < 0) return refusalResponse('frame.too_large');
    throw error;
  }
}

async function listen(server: HttpServer, address: ListenAddress): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => reject(listenError(address, error.code));
    server.once('error', failed);
    const { host, port, shared = false } = address;
    server.listen({ host, port, reusePort: shared }, () => {
      server.off('error', failed);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** The parts of an Engine.IO connection that its types leave out. */
interface EngineConnection {
  readonly transport: { readonly name: string; readonly writable: boolean; readonly socket?: WebSocket };
  on(event: 'packetCreate', listener: (packet: { data?: string }) => void): void;
  on(event: 'flush', listener: () => void): void;
  once(event: 'close', listener: () => void): void;
  close(discard: boolean): void;
}

/**
 * Counts what waits for a socket: packets that Engine.IO holds back while the last write is unfinished, and bytes in
 * the WebSocket's own buffer. A packet that meets a backlog over the limit closes the socket instead of joining it.
 */
function watchSlowReaders(io: Server, watch: BacklogWatch, onSlowConsumer: () => void): void {
  io.engine.on('connection', (conn: EngineConnection) => {
    let heldBack = 0;
    let closing = false;
    const watched: Watched = {
      backlogBytes: () => heldBack + (conn.transport.socket?.bufferedAmount ?? 0),
      closeSlow() {
        if (closing) return;
        closing = true;
        onSlowConsumer();
        conn.transport.socket?.close(closeCodes.slowConsumer, 'slow consumer');
        conn.close(true);
        // The close frame queues behind the backlog that nobody reads: the memory is not kept waiting for it.
        setTimeout(() => conn.transport.socket?.terminate(), limits.backlogMs / 2).unref();
      },
    };
    conn.on('packetCreate', (packet) => {
      if (conn.transport.writable) return;
      if (watched.backlogBytes() > limits.backlogBytes) watched.closeSlow();
      heldBack += packet.data?.length ?? 1;
    });
    conn.on('flush', () => {
      heldBack = 0;
    });
    watch.add(watched);
    conn.once('close', () => watch.delete(watched));
  });
}

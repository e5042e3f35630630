import { createServer, type IncomingMessage, type Server as HttpServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Server } from 'socket.io';
import type { WebSocket } from 'ws';
import { limits } from '../domain/kernel/index.ts';
import { createBacklogWatch, type BacklogWatch, type Watched } from './backlog.ts';
import { createResolveIp } from './client-ip.ts';
import { closeCodes } from './close.ts';
import type { Engine, EngineParts, ListenAddress } from './engine.ts';
import {
  arrival,
  bodyBytesMax,
  foreignMethods,
  isAmbiguous,
  refusal,
  refusalHeaders,
  refusalResponse,
  type Fetch,
} from './http-bounds.ts';
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
        // A target that is no address, such as `*`: the sender's mistake, which must not fill our log.
        if ((error as Error).name === 'RequestError') return refusalResponse('frame.malformed');
        log.error({ err: error }, 'an HTTP request failed');
        return refusalResponse('internal');
      },
    },
  );
  // What came in one read behind a refused request is parsed all the same, and might be a smuggled one.
  const ended = new WeakSet<Socket>();
  const server = createServer(arrival, (incoming, outgoing) => {
    const { headersDistinct: headers, method = '', socket } = incoming;
    if (ended.has(socket)) return;
    const refuse = (code: Parameters<typeof refusal>[0]) => {
      ended.add(socket);
      const { status, body } = refusal(code);
      outgoing.writeHead(status, { ...refusalHeaders, connection: 'close' }).end(body);
    };
    const isMalformed = foreignMethods.has(method) || isAmbiguous((name) => headers[name]?.join(','));
    if (isMalformed) refuse('frame.malformed');
    else if (Number(headers['content-length']?.[0] ?? 0) > bodyBytesMax(method)) refuse('frame.too_large');
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

import { createServer } from 'node:net';
import type { Server } from 'socket.io';
import { limits } from '../domain/kernel/index.ts';
import { createBacklogWatch, type BacklogWatch, type Watched } from './backlog.ts';
import { createResolveIp } from './client-ip.ts';
import { closeCodes } from './close.ts';
import type { Engine, EngineParts } from './engine.ts';
import { listenError } from './listen-error.ts';
import { bridge } from './uws-http.ts';
import type { Uws, UwsApp, UwsBehavior, UwsHandler, UwsListenSocket, UwsSocket } from './uws.ts';

/** uWebSockets.js: half the memory and CPU of Node's http for each socket. */
export function createUwsEngine(uws: Uws, { fetch, trustedProxies, log, onSlowConsumer }: EngineParts): Engine {
  const app = uws.App();
  const watch = createBacklogWatch();
  let listening: UwsListenSocket | null = null;
  app.any('/*', bridge({ fetch, resolveIp: createResolveIp(trustedProxies), log }));
  return {
    kind: 'uws',
    attach: (io: Server) => void io.attachApp(facade(app, slowReaders(watch, onSlowConsumer))),
    publish(room, packet) {
      // The topic that Socket.IO subscribes a socket to when it joins; "4" is Engine.IO's message.
      app.publish(`/\u001f${room}`, `4${packet}`);
      return true;
    },
    async listen(address) {
      // Beside others the probe would be dealt connections too, and drop them.
      if (!address.shared) await probe(address);
      listening = await new Promise<UwsListenSocket>((resolve, reject) => {
        const options = address.shared ? uws.LIBUS_LISTEN_DEFAULT : uws.LIBUS_LISTEN_EXCLUSIVE_PORT;
        app.listen(address.host, address.port, options, (socket) => {
          if (socket) resolve(socket);
          else reject(listenError(address, 'EADDRINUSE'));
        });
      });
      return uws.us_socket_local_port(listening);
    },
    async close() {
      watch.stop();
      app.close();
      listening = null;
    },
  };
}

/** uWebSockets.js does not tell why it cannot listen; Node does. */
function probe(address: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(address, error.code)));
    server.listen(address.port, address.host, () => void server.close(() => resolve()));
  });
}

/**
 * The app as Engine.IO sees it. Engine.IO ignores what `send` returns and passes on no backpressure limits, so that a
 * slow reader would lose messages silently; here every WebSocket route gets limits that close it instead.
 */
function facade(app: UwsApp, limited: (behavior: UwsBehavior) => UwsBehavior): Pick<UwsApp, 'any' | 'ws' | 'publish'> {
  const seen = {
    any(pattern: string, handler: UwsHandler) {
      app.any(pattern, handler);
      return seen;
    },
    ws(pattern: string, behavior: UwsBehavior) {
      app.ws(pattern, limited(behavior));
      return seen;
    },
    publish: app.publish.bind(app),
  };
  return seen as never;
}

function slowReaders(watch: BacklogWatch, onSlowConsumer: () => void): (behavior: UwsBehavior) => UwsBehavior {
  const open = new Map<UwsSocket, WatchedSocket>();
  return (behavior) => ({
    ...behavior,
    maxBackpressure: limits.backlogBytes,
    closeOnBackpressureLimit: true,
    open(ws) {
      const watched = watchedSocket(ws, { isOpen: () => open.has(ws), onSlowConsumer });
      open.set(ws, watched);
      watch.add(watched);
      behavior.open?.(ws);
    },
    dropped(ws) {
      const watched = open.get(ws);
      watched?.tell();
      // Within a publish the socket must not be closed by us; uWebSockets.js closes it soon, or we do right after.
      setImmediate(() => watched?.closeSlow());
    },
    close(ws, code, reason) {
      const watched = open.get(ws);
      open.delete(ws);
      if (watched) watch.delete(watched);
      behavior.close?.(ws, code, reason);
    },
  });
}

interface WatchedSocket extends Watched {
  /** Reports the slow reader, once. */
  tell(): void;
}

function watchedSocket(
  ws: UwsSocket,
  { isOpen, onSlowConsumer }: { isOpen: () => boolean; onSlowConsumer: () => void },
): WatchedSocket {
  let told = false;
  const tell = () => {
    if (!told) onSlowConsumer();
    told = true;
  };
  return {
    tell,
    backlogBytes: () => (isOpen() ? ws.getBufferedAmount() : 0),
    closeSlow() {
      if (!isOpen()) return;
      tell();
      ws.end(closeCodes.slowConsumer, 'slow consumer');
    },
  };
}

import type { Server } from 'socket.io';
import { createNodeEngine } from './engine-node.ts';
import { createUwsEngine } from './engine-uws.ts';
import type { Fetch } from './http-bounds.ts';
import { loadUws } from './uws.ts';
import type { Log } from '../log.ts';

export interface EngineParts {
  readonly kind: 'auto' | 'uws' | 'node';
  /** The HTTP application. */
  readonly fetch: Fetch;
  /** Addresses and CIDR ranges whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  readonly log: Log;
  /** Told once for each socket that is closed because it reads too slowly. */
  readonly onSlowConsumer: () => void;
}

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
  /** Several processes listen on the port, and the kernel deals connections out to them. */
  readonly shared?: boolean;
}

/** One listening port that serves HTTP and sockets. */
export interface Engine {
  readonly kind: 'uws' | 'node';
  /** Serves Socket.IO here. Once, before `listen`. */
  attach(io: Server): void;
  /** Sends a Socket.IO packet to the WebSockets in a room, natively; absent where there is no such way. */
  publish?(room: string, packet: string): boolean;
  /** Returns the port, which differs from the asked one when that is 0. Rejects with one clear error. */
  listen(address: ListenAddress): Promise<number>;
  /** Stops listening and cuts what is still open. */
  close(): Promise<void>;
}

/**
 * `auto` takes uWebSockets.js where its binary loads (glibc 2.38 or newer), else Node's http with `ws`;
 * `uws` throws without it.
 */
export async function createEngine(parts: EngineParts): Promise<Engine> {
  if (parts.kind === 'node') return createNodeEngine(parts);
  const loaded = await loadUws();
  if (!('error' in loaded)) return createUwsEngine(loaded, parts);
  if (parts.kind === 'uws') {
    throw new Error(`GATEWAY_ENGINE=uws: the uWebSockets.js binary does not load here (${loaded.error})`);
  }
  parts.log.debug({ cause: loaded.error }, 'uWebSockets.js does not load; serving with node:http');
  return createNodeEngine(parts);
}

import { serve, type ServerType } from '@hono/node-server';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authenticate } from '../../src/domain/identity/index.ts';
import { createDiskStore, objectStorePort } from '../../src/domain/media/index.ts';
import { errors, operations } from '../../src/domain/registry.ts';
import { createHttp, type HttpParts } from '../../src/http/index.ts';
import { createHarness, type Harness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';

/** A response whose JSON tests look into freely. */
export type Answer = Omit<Response, 'json'> & { json(): Promise<any> };

export interface HttpHarness {
  readonly market: Harness;
  /** What the server logged as its own failures. */
  readonly logged: object[];
  /** Calls the app without a network; `path` starts with a slash. */
  send(path: string, init?: RequestInit): Promise<Answer>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Listens on a free port and returns its address. Closed with the harness. */
  listen(): Promise<string>;
  close(): Promise<void>;
}

export const publicUrl = 'https://market.test';
export const shopOrigin = 'https://shop.example';

/** The HTTP surface over the real domain; `change` replaces parts of it. */
export async function createHttpHarness(
  change: (market: Harness) => Partial<HttpParts> = () => ({}),
): Promise<HttpHarness> {
  const market = await createHarness(bindTestPorts);
  const folder = await mkdtemp(join(tmpdir(), 'soko-http-'));
  const disk = createDiskStore({ folder, publicUrl, secret: 'test-secret', clock: market.clock });
  market.ports.bind(objectStorePort, disk.store);
  const logged: object[] = [];
  const http = createHttp({
    execute: market.execute,
    authenticate: (token) => authenticate(market.database.fork(), market.tokens, token),
    operations,
    errors,
    settings: {
      publicUrl,
      corsOrigins: [shopOrigin],
      cookieSecure: true,
      accessTtlMs: market.tokens.accessTtlMs,
      refreshTtlMs: market.tokens.refreshTtlMs,
    },
    diskFiles: disk,
    keySet: market.tokens.keySet,
    ready: async () => ({ ready: true, checks: { database: 'ok' } }),
    log: { error: (fields) => void logged.push(fields) },
    ...change(market),
  });
  const info = { ip: '203.0.113.9' };
  const servers: ServerType[] = [];
  const send: HttpHarness['send'] = (path, init) => http.fetch(new Request(`${publicUrl}${path}`, init), info);
  return {
    market,
    logged,
    send,
    post: (path, body, headers = {}) =>
      send(path, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...headers },
      }),
    async listen() {
      const server = serve({ fetch: (request) => http.fetch(request, info), port: 0, hostname: '127.0.0.1' });
      servers.push(server);
      if (!server.listening) await new Promise((resolve) => server.once('listening', resolve));
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    async close() {
      for (const server of servers) await new Promise((resolve) => server.close(resolve));
      await market.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The cookies that an answer sets, by name, as a browser would send them back. */
export function cookiesOf(response: Pick<Response, 'headers'>): Record<string, string> {
  const pairs = response.headers.getSetCookie().map((line) => line.split(';', 1)[0]?.split('=', 2) ?? []);
  return Object.fromEntries(pairs.map(([name = '', value = '']) => [name, value]));
}

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** How one request is answered: with a status, or by hanging, or by cutting the line once it was taken. */
export type Behaviour =
  | { status: number; headers?: Record<string, string>; body?: unknown }
  | 'hang'
  | 'take_and_reset';

export interface FakeProvider {
  readonly url: string;
  /** All requests that arrived whole. */
  readonly requests: Request[];
  /** What the next requests get, one each; after that, `otherwise`. */
  readonly next: Behaviour[];
  close(): Promise<void>;
}

/** A provider's HTTP API on this machine, which also misbehaves. */
export async function startProvider(otherwise: (request: Request) => Behaviour): Promise<FakeProvider> {
  const requests: Request[] = [];
  const next: Behaviour[] = [];
  const hanging = new Set<ServerResponse>();
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { method = '', url = '', headers } = incoming;
      const request = { method, path: url, headers, body: Buffer.concat(chunks) };
      requests.push(request);
      const behaviour = next.shift() ?? otherwise(request);
      if (behaviour === 'take_and_reset') return void incoming.socket.destroy();
      if (behaviour === 'hang') return void hanging.add(response);
      const { status, headers: more = {}, body = {} } = behaviour;
      response.writeHead(status, { 'content-type': 'application/json', ...more }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    next,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An address where nobody listens. */
export async function deadUrl(): Promise<string> {
  const provider = await startProvider(() => 'hang');
  await provider.close();
  return provider.url;
}

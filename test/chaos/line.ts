import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/**
 * The network between one client and the cluster: a TCP proxy that sends each new connection to the port that the
 * balancer picks, and that can be cut or made to stop reading what the server sends.
 */
export interface Line {
  readonly url: string;
  /** The port that the open connection goes to; null while there is none. */
  port(): number | null;
  /** Resets the open connections, as a lost network does. */
  cut(): void;
  /** Stops taking what the server sends, until `flow`. What the client sends passes. */
  stall(): void;
  flow(): void;
  close(): Promise<void>;
}

interface Passage {
  readonly port: number;
  readonly client: Socket;
  readonly server: Socket;
}

export async function openLine(pick: () => number | null): Promise<Line> {
  const passages = new Set<Passage>();
  let stalled = false;
  const proxy = createServer((client) => {
    const port = pick();
    if (port === null) return void client.resetAndDestroy();
    const server = connect(port, '127.0.0.1');
    const passage = { port, client, server };
    passages.add(passage);
    const end = () => {
      passages.delete(passage);
      for (const socket of [client, server]) socket.destroy();
    };
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', end).on('close', end);
    }
    client.pipe(server);
    if (!stalled) server.pipe(client);
  });
  proxy.listen(0, '127.0.0.1');
  await new Promise((resolve) => proxy.once('listening', resolve));
  const cut = () => {
    for (const { client, server } of passages) for (const socket of [client, server]) socket.resetAndDestroy();
  };
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    port: () => [...passages].at(-1)?.port ?? null,
    cut,
    stall() {
      stalled = true;
      for (const { client, server } of passages) server.unpipe(client).pause();
    },
    flow() {
      stalled = false;
      for (const { client, server } of passages) server.pipe(client);
    },
    async close() {
      cut();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}

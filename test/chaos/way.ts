import { connect, createServer, type Socket } from 'node:net';

/** A port that passes everything on to another one, which may be changed, as a balancer before a database does. */
export interface Way {
  readonly port: number;
  /** Cuts what is open; new connections go to `port`, or nowhere while it is null. */
  lead(port: number | null): void;
  close(): void;
}

export async function openWay(to: number): Promise<Way> {
  let target: number | null = to;
  const ends = new Set<Socket>();
  const listening = createServer((near) => {
    if (target === null) return near.destroy();
    const far = connect(target, '127.0.0.1');
    for (const end of [near, far]) {
      ends.add(end);
      end.on('error', () => {});
      end.on('close', () => {
        ends.delete(end);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const lead = (port: number | null) => {
    target = port;
    for (const end of ends) end.destroy();
  };
  return {
    port: (listening.address() as { port: number }).port,
    lead,
    close() {
      lead(null);
      listening.close();
    },
  };
}

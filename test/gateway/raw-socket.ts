import { WebSocket } from 'ws';

/** A client that speaks Engine.IO and Socket.IO by hand, to see exactly what crosses the wire. */
export interface RawSocket {
  /** Every text frame as received, without pings. */
  readonly frames: string[];
  readonly ws: WebSocket;
  readonly closed: Promise<number>;
  send(frame: string | Buffer): void;
  /** Waits for a frame that starts so, and returns it. */
  frame(start: string): Promise<string>;
  /** Stops reading; what the server sends piles up on its side. */
  pause(): void;
  resume(): void;
}

/** Connects, and waits until it is let in. */
export async function rawConnect(url: string, auth: object): Promise<RawSocket> {
  const raw = await rawOpen(url);
  raw.send(`40${JSON.stringify(auth)}`);
  await raw.frame('42["ready"');
  return raw;
}

/** Opens the connection without asking to be let in. */
export async function rawOpen(url: string): Promise<RawSocket> {
  const ws = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  const frames: string[] = [];
  const listeners = new Set<() => void>();
  ws.on('message', (data, isBinary) => {
    const frame = isBinary ? '(binary)' : String(data);
    if (frame === '2') return ws.send('3');
    frames.push(frame);
    for (const listener of listeners) listener();
  });
  ws.on('error', () => {});
  const closed = new Promise<number>((resolve) => ws.once('close', resolve));
  const raw: RawSocket = {
    ws,
    frames,
    closed,
    send: (frame) => ws.send(frame),
    frame: (start) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`no frame ${start} among ${frames.map((frame) => frame.slice(0, 40))}`)),
          20_000,
        );
        const look = () => {
          const found = frames.find((frame) => frame.startsWith(start));
          if (found === undefined) return;
          clearTimeout(timer);
          listeners.delete(look);
          resolve(found);
        };
        listeners.add(look);
        look();
      }),
    pause: () => ws.pause(),
    resume: () => ws.resume(),
  };
  await raw.frame('0{');
  return raw;
}

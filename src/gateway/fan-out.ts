import type { Namespace } from 'socket.io';
import * as ws from 'ws';
import type { Frame } from '../rooms/index.ts';
import type { Engine } from './engine.ts';
import type { LiveSocket, Written } from './live-socket.ts';

const lateSignalsMs = 250;

/** Sends frames to this node's sockets: each is encoded once, whatever the number of sockets. */
export interface FanOut {
  attach(engine: Engine): void;
  send(frame: Frame): void;
  stop(): void;
}

/** `polling` tells whether sockets may be without a WebSocket. */
export function createFanOut(namespace: Namespace, { polling }: { polling: boolean }): FanOut {
  let engine: Engine | null = null;
  /** Sockets that owe their client a signal. */
  const late = new Set<LiveSocket>();
  const timer = setInterval(() => {
    for (const live of late) if (live.sendLateSignals()) late.delete(live);
  }, lateSignalsMs).unref();

  return {
    attach: (attached) => void (engine = attached),
    stop: () => clearInterval(timer),
    send({ to, event, subject, packet }) {
      const isPublished = event === 'room' && Boolean(engine?.publish?.(to, packet));
      if (isPublished && !polling) return;
      const written = encodedFor(engine?.kind, packet);
      for (const id of namespace.adapter.rooms.get(to) ?? []) {
        const live = namespace.sockets.get(id)?.data.live as LiveSocket | undefined;
        if (!live) continue;
        if (isPublished && live.socket.conn.transport.name === 'websocket') continue;
        if (event !== 'signal') live.write(written);
        else if (!live.signal(subject, written)) late.add(live);
      }
    },
  };
}

/** The class that frames messages, which the types of `ws` leave out. */
const { Sender } = ws as unknown as { Sender: { frame(data: Buffer, options: object): Buffer[] } };

/** With `ws`, the whole WebSocket frame is made once, as Socket.IO's adapter does for its broadcasts. */
function encodedFor(kind: Engine['kind'] | undefined, packet: string): Written {
  if (kind !== 'node') return { packet, options: { preEncoded: true } };
  const options = { fin: true, rsv1: false, opcode: 1, mask: false, readOnly: false };
  const wsPreEncodedFrame = Sender.frame(Buffer.from(`4${packet}`), options);
  return { packet, options: { preEncoded: true, wsPreEncodedFrame } };
}

import type { Socket } from 'socket.io';

/** WebSocket close codes of the protocol. 4000–4499 except 4002: reconnect with jitter. */
export const closeCodes = {
  /** The token expired and was not extended. */
  expired: 4001,
  /** The session was revoked, or the user suspended: do not reconnect. */
  revoked: 4002,
  /** The client reads too slowly: reconnect and resume. */
  slowConsumer: 4003,
  /** Too many bad frames: back off. */
  badFrames: 4004,
  /** The node drains: reconnect after the told delay. */
  draining: 4005,
  /** The node lost its backing services: back off. */
  unavailable: 4006,
} as const;

export type CloseCode = (typeof closeCodes)[keyof typeof closeCodes];

/** What `ws` and uWebSockets.js have in common for us; each has one of the two ways to close. */
interface RawSocket {
  send(data: string, ...rest: unknown[]): unknown;
  /** uWebSockets.js: sends a close frame and is closed when it returns. */
  end?(code: number, reason: string): void;
  /** `ws`: sends a close frame and waits for the other side's. */
  close?(code: number, reason: string): void;
  terminate?(): void;
}

/** How long the other side may take to answer a close frame. */
const goodbyeMs = 3_000;

/**
 * Closes a socket for good: the farewell, then the close frame, and nothing after it.
 *
 * Socket.IO knows no close codes, so the frames are written to the WebSocket beneath it. What Socket.IO still holds
 * back for this socket is dropped: after an eviction not one more frame may cross the wire. Long-polling carries no
 * code; there the farewell is all that tells the reason.
 */
export function closeSocket(
  socket: Socket,
  code: CloseCode,
  farewell?: { event: 'session' | 'reconnect'; payload: object },
): void {
  const { conn } = socket;
  if (conn.readyState !== 'open') return;
  const transport = conn.transport as { name: string; socket?: RawSocket };
  const raw = transport.name === 'websocket' ? transport.socket : undefined;
  if (!raw) {
    if (farewell && socket.connected) socket.emit(farewell.event, farewell.payload);
    if (socket.connected) socket.disconnect(true);
    else conn.close();
    return;
  }
  try {
    if (farewell && socket.connected) raw.send(`42${JSON.stringify([farewell.event, farewell.payload])}`);
    // Socket.IO's own goodbye keeps its clients from reconnecting by themselves.
    if (code === closeCodes.revoked && socket.connected) raw.send('41');
    if (raw.end) return raw.end(code, farewell?.event ?? '');
    raw.close?.(code, farewell?.event ?? '');
    setTimeout(() => raw.terminate?.(), goodbyeMs).unref();
  } finally {
    conn.close(true);
  }
}

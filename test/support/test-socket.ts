import { io, type Socket } from 'socket.io-client';
import type { Reply } from '../../src/domain/kernel/index.ts';

export interface ReceivedFrame {
  readonly event: string;
  readonly payload: any;
}

/** A client's socket that remembers everything it was sent. */
export interface TestSocket {
  readonly socket: Socket;
  /** Every event from the server, oldest first. */
  readonly frames: ReceivedFrame[];
  /** The first frame. Rejects with the server's refusal. */
  readonly ready: Promise<any>;
  /** The close code (1006 where none came) and Socket.IO's reason. */
  readonly closed: Promise<{ code: number; reason: string }>;
  call(name: string, input?: unknown): Promise<Reply>;
  /** The data of a call that must succeed. */
  ok<T = any>(name: string, input?: unknown): Promise<T>;
  /** The error code of a call that must fail. */
  fails(name: string, input?: unknown): Promise<string>;
  /** Waits for a frame that fits, among those received already too. */
  frame(event: string, fits?: (payload: any) => boolean): Promise<any>;
  /** Numbers of the inbox events received, in order of arrival. */
  seqs(): number[];
}

const waitMs = 20_000;

/** The refusal of a handshake: `err.data` of `connect_error`. */
export class RefusedError extends Error {
  readonly data: any;
  constructor(data: unknown) {
    super(`refused: ${JSON.stringify(data)}`);
    this.data = data;
  }
}

export function connectTo(url: string, auth: object, headers: Record<string, string> = {}): TestSocket {
  const socket = io(url, {
    transports: ['websocket'],
    auth,
    extraHeaders: headers,
    forceNew: true,
    reconnection: false,
  });
  const { frames, frame } = recordFrames(socket);
  const ready = new Promise<any>((resolve, reject) => {
    socket.once('ready', resolve);
    socket.once('connect_error', (error) =>
      reject(new RefusedError((error as Error & { data?: unknown }).data ?? error)),
    );
  });
  ready.catch(() => {});
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    let code = 1006;
    // Socket.IO's own goodbye hides the close code, so it is read from the WebSocket itself.
    socket.io.on('open', () => {
      const { ws } = socket.io.engine.transport as unknown as {
        ws: { addEventListener(type: string, run: (event: any) => void): void };
      };
      ws.addEventListener('close', (event) => {
        code = event.code;
        setTimeout(() => resolve({ code, reason: reason ?? '' }), 0);
      });
    });
    let reason: string | undefined;
    socket.once('disconnect', (why) => {
      reason = why;
    });
  });
  const call = async (name: string, input: unknown = {}) =>
    (await socket.timeout(waitMs).emitWithAck(name, input)) as Reply;
  return {
    socket,
    frames,
    ready,
    closed,
    call,
    async ok(name, input) {
      const reply = await call(name, input);
      if (!reply.ok) throw new Error(`${name} failed: ${JSON.stringify(reply.error)}`);
      return reply.data as never;
    },
    async fails(name, input) {
      const reply = await call(name, input);
      if (reply.ok) throw new Error(`${name} succeeded: ${JSON.stringify(reply.data)}`);
      return reply.error.code;
    },
    frame,
    seqs: () =>
      frames
        .filter(({ event }) => event === 'inbox')
        .flatMap(({ payload }) => (payload as { events: { seq: number }[] }).events.map(({ seq }) => seq)),
  };
}

/** Keeps every frame, and waits for those to come. */
function recordFrames(socket: Socket): Pick<TestSocket, 'frames' | 'frame'> {
  const frames: ReceivedFrame[] = [];
  const listeners = new Set<() => void>();
  socket.onAny((event: string, payload: unknown) => {
    frames.push({ event, payload });
    for (const listener of listeners) listener();
  });
  return {
    frames,
    frame: (event, fits = () => true) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          listeners.delete(look);
          reject(new Error(`no ${event} frame among ${JSON.stringify(frames.map((frame) => frame.event))}`));
        }, waitMs);
        const look = () => {
          const found = frames.find((frame) => frame.event === event && fits(frame.payload));
          if (!found) return;
          clearTimeout(timer);
          listeners.delete(look);
          resolve(found.payload);
        };
        listeners.add(look);
        look();
      }),
  };
}

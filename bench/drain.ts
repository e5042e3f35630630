import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const waitMs = 10_000;
/** All connections read into the same memory: what they get is counted and forgotten. */
const sink = Buffer.allocUnsafe(256 * 1024);

/**
 * A WebSocket that counts the bytes it gets and reads none of them, so that a thousand of them can take what the
 * fastest server sends. It answers no pings: Socket.IO closes it after 45 s.
 */
export class Drain {
  bytes = 0;
  readonly #socket: Socket;
  /** What came so far, while the greeting is waited for. */
  #heard: string | null = '';

  private constructor(port: number) {
    this.#socket = connect({
      host: '127.0.0.1',
      port,
      onread: {
        buffer: sink,
        callback: (count) => {
          this.bytes += count;
          if (this.#heard !== null) this.#heard += sink.toString('latin1', 0, count);
          return true;
        },
      },
    });
    this.#socket.on('error', () => {});
  }

  static async open(url: string, path: string, ip: string): Promise<Drain> {
    const { port, host } = new URL(url);
    const drain = new Drain(Number(port));
    await once(drain.#socket, 'connect');
    const lines = [
      `GET ${path} HTTP/1.1`,
      `Host: ${host}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
      `X-Forwarded-For: ${ip}`,
    ];
    drain.#socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    await drain.until('\r\n\r\n');
    return drain;
  }

  /** Sends a short text frame; a mask of zeros leaves it as it is. */
  send(text: string): void {
    const header = Buffer.from([0x81, 0x80 | Buffer.byteLength(text), 0, 0, 0, 0]);
    this.#socket.write(Buffer.concat([header, Buffer.from(text)]));
  }

  /** Resolves once a text has come. */
  async until(text: string): Promise<void> {
    for (let waitedMs = 0; waitedMs < waitMs && !this.#socket.destroyed; waitedMs += 2) {
      if (this.#heard?.includes(text)) return;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    throw new Error(`"${text}" did not come`);
  }

  /** Counts from zero, and no longer looks at what comes. */
  start(): void {
    this.#heard = null;
    this.bytes = 0;
  }

  close(): void {
    this.#socket.destroy();
  }
}

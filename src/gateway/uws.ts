// uWebSockets.js is an optional dependency: what we use of it is declared here, so that we compile without it.

export interface UwsSocket {
  send(message: string, isBinary?: boolean, compress?: boolean): number;
  getBufferedAmount(): number;
  end(code?: number, reason?: string): void;
  getUserData(): object;
}

export interface UwsResponse {
  writeStatus(status: string): UwsResponse;
  writeHeader(name: string, value: string): UwsResponse;
  /** False when the chunk was buffered because the network is behind. */
  write(chunk: string | Uint8Array): boolean;
  end(body?: string | Uint8Array, closeConnection?: boolean): UwsResponse;
  endWithoutBody(reportedContentLength?: number, closeConnection?: boolean): UwsResponse;
  onWritable(handler: (offset: number) => boolean): UwsResponse;
  onAborted(handler: () => void): UwsResponse;
  /** Stops reading from the client; `onData` is not called until `resume`. */
  pause(): void;
  resume(): void;
  onData(handler: (chunk: ArrayBuffer, isLast: boolean) => void): UwsResponse;
  getRemoteAddressAsText(): ArrayBuffer;
  cork(write: () => void): UwsResponse;
  close(): UwsResponse;
}

/** Lives only until the handler returns. */
export interface UwsRequest {
  getUrl(): string;
  getMethod(): string;
  getQuery(): string;
  forEach(visit: (name: string, value: string) => void): void;
}

export type UwsHandler = (res: UwsResponse, req: UwsRequest) => void;

export interface UwsBehavior {
  readonly open?: (ws: UwsSocket) => void;
  readonly dropped?: (ws: UwsSocket) => void;
  readonly drain?: (ws: UwsSocket) => void;
  readonly close?: (ws: UwsSocket, code: number, reason: ArrayBuffer) => void;
  readonly maxBackpressure?: number;
  readonly closeOnBackpressureLimit?: boolean;
}

export type UwsListenSocket = object;

export interface UwsApp {
  any(pattern: string, handler: UwsHandler): UwsApp;
  ws(pattern: string, behavior: UwsBehavior): UwsApp;
  publish(topic: string, message: string | ArrayBuffer, isBinary?: boolean, compress?: boolean): boolean;
  listen(host: string, port: number, options: number, listening: (socket: UwsListenSocket | false) => void): UwsApp;
  close(): UwsApp;
}

export interface Uws {
  App(): UwsApp;
  us_socket_local_port(socket: UwsListenSocket): number;
  us_listen_socket_close(socket: UwsListenSocket): void;
  readonly LIBUS_LISTEN_DEFAULT: number;
  readonly LIBUS_LISTEN_EXCLUSIVE_PORT: number;
}

/** Loads the binary, or tells why it does not load. */
export async function loadUws(): Promise<Uws | { error: string }> {
  // A name held in a variable keeps the compiler from asking for the package's types.
  const name: string = 'uWebSockets.js';
  try {
    const loaded = (await import(name)) as { default: Uws };
    return loaded.default;
  } catch (error) {
    return { error: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) };
  }
}

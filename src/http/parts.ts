import type { Context } from 'hono';
import type {
  ErrorTable,
  Execute,
  Meta,
  Operation,
  OwnSite,
  UniversalCode,
  UserActor,
} from '../domain/kernel/index.ts';

/** What the HTTP surface needs from the rest of the server. */
export interface HttpParts {
  readonly execute: Execute;
  authenticate(token: string): Promise<UserActor | UniversalCode>;
  readonly operations: ReadonlyMap<string, Operation>;
  readonly errors: ErrorTable;
  readonly settings: HttpSettings;
  /** Set when uploads go to the local disk; an object store takes and serves files itself. */
  readonly diskFiles?: DiskFiles;
  ready(): Promise<Readiness>;
  /** The public keys of access tokens, as a JWK set. */
  readonly keySet: object;
  readonly log: { error(fields: object, message: string): void };
}

export interface HttpSettings extends OwnSite {
  /** Whether cookies are only sent over https. */
  readonly cookieSecure: boolean;
  readonly accessTtlMs: number;
  readonly refreshTtlMs: number;
}

/** The HTTP side of the disk store: it checks the signature of the address itself. Nothing is held in memory whole. */
export interface DiskFiles {
  acceptPut(request: {
    readonly key: string;
    readonly query: URLSearchParams;
    readonly contentType: string;
    readonly body: ReadableStream<Uint8Array> | null;
  }): Promise<{ status: number; text: string }>;
  openFile(request: {
    readonly key: string;
    readonly query: URLSearchParams;
  }): Promise<
    { status: 200; stream: ReadableStream<Uint8Array>; contentType: string; sizeBytes: number } | { status: 403 | 404 }
  >;
}

export interface Readiness {
  readonly ready: boolean;
  /** By name of the thing checked: `ok`, or what is wrong in a word. */
  readonly checks: Readonly<Record<string, string>>;
}

export interface HttpEnv {
  Bindings: { ip: string };
  Variables: { requestId: string };
}

export type HttpContext = Context<HttpEnv>;

/** What an operation is told of the request. */
export function metaOf(c: HttpContext): Meta {
  const userAgent = c.req.header('user-agent')?.slice(0, 300);
  return { requestId: c.var.requestId, ip: c.env.ip, ...(userAgent === undefined ? {} : { userAgent }) };
}

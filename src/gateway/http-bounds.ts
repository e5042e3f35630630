import { limits, universalErrors } from '../domain/kernel/index.ts';

export type Fetch = (request: Request, info: { ip: string }) => Promise<Response>;

/** Bytes a request's body may have. Only uploads to the local store are PUT. */
export function bodyBytesMax(method: string): number {
  return method === 'PUT' ? limits.uploadBytes : limits.httpBodyBytes;
}

/**
 * How long a request may take to arrive at Node's http, so that a trickle does not hold a connection; an upload over a
 * bad network takes minutes. uWebSockets.js has bounds of its own and ends what trickles within about half a minute.
 */
export const arrival = { headersTimeout: 10_000, requestTimeout: 300_000, connectionsCheckingInterval: 2_000 };
/** Methods that no route answers, and that would have to echo or tunnel. */
export const foreignMethods: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK']);

/**
 * Whether a balancer and we might disagree about where a request ends or whom it is for, as a smuggled request needs:
 * one length, one coding that everybody knows, one host. Takes the values of a header that came more than once joined
 * by commas.
 */
export function isAmbiguous(header: (name: string) => string | null | undefined): boolean {
  const [length, coding, host] = ['content-length', 'transfer-encoding', 'host'].map((name) => header(name) ?? null);
  if (length !== null && (coding !== null || !/^\d{1,15}$/.test(length ?? ''))) return true;
  return (coding !== null && coding?.toLowerCase() !== 'chunked') || Boolean(host?.includes(','));
}

/** As the application sends them with what it answers itself. */
export const refusalHeaders = {
  'content-type': 'application/json',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff',
} as const;

/** The answer that every operation gives to a failure, for requests that never reach the application. */
export function refusal(code: 'frame.too_large' | 'frame.malformed' | 'internal'): { status: number; body: string } {
  const { text: message, retry, http: status } = universalErrors[code];
  return {
    status,
    body: JSON.stringify({ ok: false, error: { code, message, retry, requestId: crypto.randomUUID() } }),
  };
}

export function refusalResponse(code: Parameters<typeof refusal>[0]): Response {
  const { status, body } = refusal(code);
  return new Response(body, { status, headers: refusalHeaders });
}

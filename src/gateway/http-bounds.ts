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
  return new Response(body, { status, headers: { 'content-type': 'application/json' } });
}

import { STATUS_CODES as statusTexts } from 'node:http';
import type { ResolveIp } from './client-ip.ts';
import {
  bodyBytesMax,
  foreignMethods,
  isAmbiguous,
  refusal,
  refusalHeaders,
  refusalResponse,
  type Fetch,
} from './http-bounds.ts';
import { readBody, streamBody } from './uws-body.ts';
import type { UwsHandler, UwsRequest, UwsResponse } from './uws.ts';
import type { Log } from '../log.ts';

interface Exchange {
  readonly res: UwsResponse;
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly ip: string;
  /** Aborted when the client is gone: the response object must not be touched from then on. */
  readonly gone: AbortSignal;
}

/** Serves the HTTP application on uWebSockets.js. */
export function bridge({ fetch, resolveIp, log }: { fetch: Fetch; resolveIp: ResolveIp; log: Log }): UwsHandler {
  return (res, req) => {
    const gone = new AbortController();
    res.onAborted(() => gone.abort());
    const exchange = readHead({ res, req, resolveIp, gone: gone.signal });
    if (!exchange) return refuseHead(res, gone.signal);
    answer(fetch, exchange)
      .catch((error: unknown) => {
        if (!gone.signal.aborted) log.error({ err: error }, 'an HTTP request failed');
        return { response: refusalResponse('internal'), hangUp: true };
      })
      .then(({ response, hangUp }) => write(response, { ...exchange, hangUp }))
      .catch((error: unknown) => {
        if (gone.signal.aborted) return;
        log.error({ err: error }, 'an HTTP answer failed midway');
        res.close();
      });
  };
}

/**
 * Ends the connection. uWebSockets.js closes one on which a second request begins before the first was answered, so
 * that what follows in the same read is never taken for a request.
 */
function refuseHead(res: UwsResponse, gone: AbortSignal): void {
  setImmediate(() => {
    if (gone.aborted) return;
    const { status, body } = refusal('frame.malformed');
    res.cork(() => {
      writeHead(res, new Response(null, { status, headers: refusalHeaders }));
      res.end(body, true);
    });
  });
}

/** Copies everything before the first wait: uWebSockets.js frees the request when its handler returns. */
function readHead({
  res,
  req,
  resolveIp,
  gone,
}: {
  res: UwsResponse;
  req: UwsRequest;
  resolveIp: ResolveIp;
  gone: AbortSignal;
}): Exchange | null {
  try {
    const headers = new Headers();
    req.forEach((name, value) => headers.append(name, value));
    const method = req.getMethod().toUpperCase();
    const path = req.getUrl();
    if (isAmbiguous((name) => headers.get(name)) || !path.startsWith('/') || foreignMethods.has(method)) return null;
    const query = req.getQuery();
    // Put together as text, because a URL would take `//x/y` for the path `/y` of another host.
    const { href: url } = new URL(`http://${headers.get('host') || 'localhost'}${query ? `${path}?${query}` : path}`);
    const address = Buffer.from(res.getRemoteAddressAsText()).toString();
    const ip = resolveIp(address, headers.get('x-forwarded-for'));
    return { res, method, url, headers, ip, gone };
  } catch {
    return null;
  }
}

interface Answered {
  readonly response: Response;
  /** The connection is closed: the rest of an unread body is not waited for. */
  readonly hangUp: boolean;
}

async function answer(fetch: Fetch, exchange: Exchange): Promise<Answered> {
  const { res, method, url, headers, ip, gone } = exchange;
  const init: RequestInit = { method, headers, signal: gone };
  if (method === 'GET' || method === 'HEAD') {
    return { response: await fetch(new Request(url, init), { ip }), hangUp: false };
  }
  const max = bodyBytesMax(method);
  const length = Number(headers.get('content-length') ?? 0);
  const tooLarge = () => ({ response: refusalResponse('frame.too_large'), hangUp: true });
  if (length > max) return tooLarge();
  if (method === 'PUT' && (length > 0 || headers.has('transfer-encoding'))) return answerUpload(fetch, exchange);
  const body = await readBody(res, { max, gone });
  if (!body) return tooLarge();
  if (body.byteLength > 0) init.body = body;
  return { response: await fetch(new Request(url, init), { ip }), hangUp: false };
}

async function answerUpload(fetch: Fetch, { res, method, url, headers, ip, gone }: Exchange): Promise<Answered> {
  const { stream, state, detach } = streamBody(res, { max: bodyBytesMax(method), gone });
  try {
    const request = new Request(url, { method, headers, signal: gone, body: stream, duplex: 'half' });
    const response = await fetch(request, { ip });
    if (state() !== 'too_large') return { response, hangUp: state() !== 'whole' };
  } catch (error) {
    if (state() !== 'too_large') throw error;
  } finally {
    detach();
  }
  return { response: refusalResponse('frame.too_large'), hangUp: true };
}

type Outgoing = Pick<Exchange, 'res' | 'method' | 'gone'> & Pick<Answered, 'hangUp'>;

async function write(response: Response, { res, method, gone, hangUp }: Outgoing): Promise<void> {
  if (gone.aborted) return void response.body?.cancel();
  const isEmpty = method === 'HEAD' || response.status === 204 || response.status === 304;
  if (isEmpty || !response.body) {
    const length = response.headers.get('content-length');
    void response.body?.cancel();
    res.cork(() => {
      writeHead(res, response);
      if (!isEmpty) res.end('', hangUp);
      else res.endWithoutBody(length === null ? undefined : Number(length), hangUp);
    });
    return;
  }
  const reader = response.body.getReader();
  gone.addEventListener('abort', () => void reader.cancel().catch(() => {}));
  await writeBody(reader, { res, gone, head: () => writeHead(res, response), hangUp });
}

interface Stream {
  readonly res: UwsResponse;
  readonly gone: AbortSignal;
  readonly head: () => void;
  readonly hangUp: boolean;
}

/** A body of one chunk goes with its length; a longer one is streamed chunk by chunk, as fast as the client reads. */
async function writeBody(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  { res, gone, head, hangUp }: Stream,
): Promise<void> {
  const first = await reader.read();
  let next = reader.read();
  const soon = await Promise.race([next, new Promise<null>((resolve) => void setImmediate(resolve, null))]);
  if (gone.aborted) return;
  if (first.done || soon?.done) {
    res.cork(() => {
      head();
      res.end(first.value ?? '', hangUp);
    });
    return;
  }
  let begun = false;
  for (let chunk: Awaited<typeof next> = first; !chunk.done && !gone.aborted; next = reader.read()) {
    const { value } = chunk;
    let kept = true;
    res.cork(() => {
      if (!begun) head();
      begun = true;
      kept = res.write(value);
    });
    if (!kept) await writable(res, gone);
    chunk = await next;
  }
  if (!gone.aborted) res.cork(() => void res.end('', hangUp));
}

function writable(res: UwsResponse, gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    gone.addEventListener('abort', () => resolve());
    res.onWritable(() => {
      resolve();
      return true;
    });
  });
}

/** Headers that uWebSockets.js writes by itself. */
const ownHeaders = new Set(['content-length', 'transfer-encoding', 'connection', 'date']);

function writeHead(res: UwsResponse, { status, statusText, headers }: Response): void {
  res.writeStatus(`${status} ${statusText || statusTexts[status] || 'OK'}`);
  for (const [name, value] of headers) if (!ownHeaders.has(name)) res.writeHeader(name, value);
}

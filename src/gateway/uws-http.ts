import { STATUS_CODES as statusTexts } from 'node:http';
import type { ResolveIp } from './client-ip.ts';
import { bodyBytesMax, refusalResponse, type Fetch } from './http-bounds.ts';
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
    const answered = exchange ? answer(fetch, exchange) : Promise.resolve(refusalResponse('frame.malformed'));
    answered
      .catch((error: unknown) => {
        if (!gone.signal.aborted) log.error({ err: error }, 'an HTTP request failed');
        return refusalResponse('internal');
      })
      .then((response) => write(response, { res, method: exchange?.method ?? 'GET', gone: gone.signal }))
      .catch((error: unknown) => {
        if (gone.signal.aborted) return;
        log.error({ err: error }, 'an HTTP answer failed midway');
        res.close();
      });
  };
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
    const query = req.getQuery();
    const path = query ? `${req.getUrl()}?${query}` : req.getUrl();
    const url = new URL(path, `http://${headers.get('host') || 'localhost'}`).href;
    const address = Buffer.from(res.getRemoteAddressAsText()).toString();
    const ip = resolveIp(address, headers.get('x-forwarded-for'));
    return { res, method: req.getMethod().toUpperCase(), url, headers, ip, gone };
  } catch {
    return null;
  }
}

async function answer(fetch: Fetch, { res, method, url, headers, ip, gone }: Exchange): Promise<Response> {
  const init: RequestInit = { method, headers, signal: gone };
  if (method !== 'GET' && method !== 'HEAD') {
    const max = bodyBytesMax(method);
    const body = Number(headers.get('content-length') ?? 0) > max ? null : await readBody(res, { max, gone });
    if (!body) return refusalResponse('frame.too_large');
    if (body.byteLength > 0) init.body = body;
  }
  return fetch(new Request(url, init), { ip });
}

/** The whole body, or null when it is larger than allowed. Rejects when the client leaves midway. */
function readBody(
  res: UwsResponse,
  { max, gone }: { max: number; gone: AbortSignal },
): Promise<Buffer<ArrayBuffer> | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer<ArrayBuffer>[] = [];
    let size = 0;
    gone.addEventListener('abort', () => reject(new Error('the client left')));
    res.onData((chunk, isLast) => {
      size += chunk.byteLength;
      if (size > max) return resolve(null);
      // The chunk's memory is taken back when this returns.
      chunks.push(Buffer.from(chunk.slice(0)));
      if (isLast) resolve(Buffer.concat(chunks));
    });
  });
}

type Outgoing = Pick<Exchange, 'res' | 'method' | 'gone'>;

async function write(response: Response, { res, method, gone }: Outgoing): Promise<void> {
  if (gone.aborted) return void response.body?.cancel();
  const isEmpty = method === 'HEAD' || response.status === 204 || response.status === 304;
  // The rest of a refused body is not waited for.
  const hangUp = response.status === 413;
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
  if (!gone.aborted) res.cork(() => void res.end());
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

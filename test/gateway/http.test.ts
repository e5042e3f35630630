import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '../../src/domain/kernel/index.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let aborted = 0;
beforeAll(async () => {
  server = await startTestServer({ fetch: application, trustedProxies: ['127.0.0.1', '10.0.0.0/8'] });
});
afterAll(() => server.close());

/** Stands for the HTTP application: it shows what the engine handed over. */
async function application(incoming: Request, { ip }: { ip: string }): Promise<Response> {
  const url = new URL(incoming.url);
  if (url.pathname === '/stream') return new Response(stream(Number(url.searchParams.get('chunks'))));
  if (url.pathname === '/fail') throw new Error('the application failed');
  if (url.pathname === '/empty') return new Response(null, { status: 204 });
  if (url.pathname === '/cookies')
    return new Response('two', {
      headers: [
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
      ],
    });
  if (url.pathname === '/slow') {
    incoming.signal.addEventListener('abort', () => void (aborted += 1));
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  const body = incoming.body ? Buffer.from(await incoming.arrayBuffer()) : Buffer.alloc(0);
  const seen = {
    method: incoming.method,
    path: url.pathname + url.search,
    ip,
    bytes: body.byteLength,
    text: body.byteLength < 200 ? String(body) : '',
    header: incoming.headers.get('x-sent'),
  };
  return Response.json(seen, { status: 201, headers: { 'x-answered': 'yes' } });
}

function stream(chunks: number): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => void setImmediate(resolve));
      if (sent === chunks) return controller.close();
      controller.enqueue(new Uint8Array(64 * 1024).fill(sent % 256));
      sent += 1;
    },
  });
}

async function codeOf(response: Response): Promise<string> {
  return ((await response.json()) as { error: { code: string } }).error.code;
}

test('method, path, query, headers and body reach the application, and its answer the client', async () => {
  const response = await fetch(`${server.url}/v1/x%20y?a=1&a=2`, {
    method: 'POST',
    body: 'hällo',
    headers: { 'x-sent': 'over' },
  });
  expect([response.status, response.headers.get('x-answered')]).toEqual([201, 'yes']);
  expect(await response.json()).toEqual({
    method: 'POST',
    path: '/v1/x%20y?a=1&a=2',
    ip: '127.0.0.1',
    bytes: 6,
    text: 'hällo',
    header: 'over',
  });
  for (const method of ['GET', 'DELETE', 'PATCH', 'OPTIONS']) {
    expect(await (await fetch(`${server.url}/`, { method })).json()).toMatchObject({ method, bytes: 0 });
  }
});

test('HEAD, an empty answer and several cookies cross as they are', async () => {
  const head = await fetch(`${server.url}/`, { method: 'HEAD' });
  expect([head.status, head.headers.get('x-answered'), await head.text()]).toEqual([201, 'yes', '']);
  const empty = await fetch(`${server.url}/empty`);
  expect([empty.status, await empty.text()]).toEqual([204, '']);
  expect((await fetch(`${server.url}/cookies`)).headers.getSetCookie()).toEqual(['a=1', 'b=2']);
});

test('a body over the limit is refused with 413, declared or not, and uploads may be larger', async () => {
  const large = new Uint8Array(limits.httpBodyBytes + 1);
  const declared = await fetch(`${server.url}/`, { method: 'POST', body: large });
  expect([declared.status, await codeOf(declared)]).toEqual([413, 'frame.too_large']);
  const chunked = new Blob([large]).stream();
  const undeclared = await fetch(`${server.url}/`, { method: 'POST', body: chunked, duplex: 'half' });
  expect([undeclared.status, await codeOf(undeclared)]).toEqual([413, 'frame.too_large']);
  const fitting = await fetch(`${server.url}/`, { method: 'POST', body: large.subarray(1) });
  expect(await fitting.json()).toMatchObject({ bytes: limits.httpBodyBytes });
  const upload = await fetch(`${server.url}/`, { method: 'PUT', body: new Uint8Array(limits.uploadBytes) });
  expect(await upload.json()).toMatchObject({ bytes: limits.uploadBytes });
});

test('a long answer is streamed whole and in order, to a slow client too', async () => {
  const body = new Uint8Array(await (await fetch(`${server.url}/stream?chunks=300`)).arrayBuffer());
  expect(body.byteLength).toBe(300 * 64 * 1024);
  for (let chunk = 0; chunk < 300; chunk += 1) expect(body[chunk * 64 * 1024]).toBe(chunk % 256);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(`${server.url}/stream?chunks=300`, resolve).once('error', reject).end();
  });
  let slow = 0;
  for await (const chunk of response) {
    slow += (chunk as Buffer).byteLength;
    if (slow % 16 === 0) await new Promise((next) => void setTimeout(next, 1));
  }
  expect(slow).toBe(300 * 64 * 1024);
});

test('an application that fails answers 500 without its cause', async () => {
  const response = await fetch(`${server.url}/fail`);
  const text = await response.text();
  expect([response.status, JSON.parse(text).error.code]).toEqual([500, 'internal']);
  expect(text).not.toContain('the application failed');
});

test('a client that leaves midway harms nobody', async () => {
  const controller = new AbortController();
  const left = fetch(`${server.url}/slow`, { signal: controller.signal }).catch(() => 'left');
  setTimeout(() => controller.abort(), 100);
  expect(await left).toBe('left');
  await expect.poll(() => aborted, { timeout: 20_000 }).toBe(1);
  const half = connect(Number(new URL(server.url).port), '127.0.0.1');
  half.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf');
  await new Promise((resolve) => setTimeout(resolve, 100));
  half.destroy();
  expect((await fetch(`${server.url}/`)).status).toBe(201);
});

test('the client address is the hop that a trusted proxy wrote, never what the client claims', async () => {
  const ipOf = async (forwardedFor: string) => {
    const response = await fetch(`${server.url}/`, { headers: { 'x-forwarded-for': forwardedFor } });
    return ((await response.json()) as { ip: string }).ip;
  };
  expect(await ipOf('1.1.1.1, 203.0.113.5')).toBe('203.0.113.5');
  expect(await ipOf('1.1.1.1, 203.0.113.5, 10.1.2.3')).toBe('203.0.113.5');
  expect(await ipOf('2001:DB8:0::1')).toBe('2001:db8::1');
  expect(await ipOf('::ffff:203.0.113.5')).toBe('203.0.113.5');
  expect(await ipOf('not an address')).toBe('127.0.0.1');
});

import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHttp } from '../../src/http/index.ts';
import { errors, operations } from '../../src/domain/registry.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  const http = createHttp({
    execute: async () => ({ ok: true, data: {} }),
    authenticate: async () => 'auth.invalid',
    operations,
    errors,
    settings: {
      publicUrl: 'http://market.test',
      corsOrigins: [],
      cookieSecure: false,
      accessTtlMs: 1,
      refreshTtlMs: 1,
    },
    keySet: { keys: [] },
    ready: async () => ({ ready: true, checks: {} }),
    log: { error: () => {} },
  });
  server = await startTestServer({ fetch: http.fetch });
});
afterAll(() => server.close());

/** Node ends a slow request after ten seconds, uWebSockets.js after half a minute. */
const endsWithinMs = 45_000;

/** Writes bytes as they are, and collects what comes back until the connection ends. */
async function raw(text: string): Promise<{ answer: string; ended: boolean }> {
  const socket: Socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  let answer = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
  const ended = new Promise<boolean>((resolve) => {
    socket.on('error', () => {}).once('close', () => resolve(true));
    setTimeout(() => resolve(false), endsWithinMs).unref();
  });
  socket.write(text);
  const result = { ended: await ended, answer };
  socket.destroy();
  return { ...result, answer };
}

const get = (path: string, headers = '') =>
  `GET ${path} HTTP/1.1\r\nhost: market.test\r\n${headers}connection: close\r\n\r\n`;

const post = (headers: string, body = '') => `POST /v1/auth/login HTTP/1.1\r\nhost: a\r\n${headers}\r\n${body}`;

test('a plain request is answered', async () => {
  expect((await raw(get('/healthz'))).answer).toMatch(/^HTTP\/1\.1 200 /);
});

test.each(['TRACE', 'TRACK', 'CONNECT', 'PROPFIND', 'DEBUG'])('%s echoes nothing and runs nothing', async (method) => {
  const { answer } = await raw(
    `${method} /healthz HTTP/1.1\r\nhost: market.test\r\nx-secret: of-the-browser\r\nconnection: close\r\n\r\n`,
  );
  expect(answer).not.toMatch(/^HTTP\/1\.1 2/);
  expect(answer).not.toContain('of-the-browser');
});

test('headers beyond 16 KiB are refused', async () => {
  const { answer } = await raw(get('/healthz', `x-large: ${'a'.repeat(20_000)}\r\n`));
  expect(answer).not.toMatch(/^HTTP\/1\.1 2/);
});

test.each([
  ['a line end in the request id', get('/healthz', 'x-request-id: a\r\n set-cookie: x=1\r\n')],
  ['a line end, encoded, in the request id', get('/healthz', 'x-request-id: a%0d%0aset-cookie:x=1\r\n')],
  ['a line end, encoded, in the path', get('/healthz%0d%0aset-cookie:%20x=1')],
  ['a line end, encoded, in the query', get('/v1/sync/delta?since=%0d%0aset-cookie:%20x=1')],
])('%s adds no header to the answer', async (_name, request) => {
  expect((await raw(request)).answer.toLowerCase()).not.toContain('set-cookie');
});

test.each([
  ['two lengths', post('content-length: 5\r\ncontent-length: 6\r\n', 'hello')],
  ['a length and chunks', post('content-length: 4\r\ntransfer-encoding: chunked\r\n', `0\r\n\r\n${get('/smuggled')}`)],
  ['a negative length', post('content-length: -1\r\n')],
  ['a space before the colon', 'GET /healthz HTTP/1.1\r\nhost : a\r\n\r\n'],
  ['bytes that are no request', '\u0016\u0003\u0001\u0000\r\n\r\n'],
])('%s is refused, and the connection with it', async (_name, request) => {
  const { answer, ended } = await raw(request);
  expect(answer).not.toMatch(/HTTP\/1\.1 2/);
  expect(answer.match(/HTTP\/1\.1 /g) ?? []).toHaveLength(answer ? 1 : 0);
  expect(ended).toBe(true);
});

test('headers that trickle in are not waited for', async () => {
  const { ended } = await raw('GET /healthz HTTP/1.1\r\nhost: market.test\r\nx-slow: ');
  expect(ended).toBe(true);
});

test('errors of the engine tell nothing of what is inside', async () => {
  const requests = [get('/%'), get('/v1/commands/%ff'), get('/v1/files/..%2f..%2fetc%2fpasswd'), 'NOPE\r\n\r\n'];
  for (const { answer } of await Promise.all(requests.map(raw))) {
    expect(answer).not.toMatch(/node_modules|\.ts:|at \w+ \(|stack/i);
  }
});

import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '../../src/domain/kernel/index.ts';
import { createEngine, type Engine } from '../../src/gateway/index.ts';
import { createLog } from '../../src/log.ts';
import { engineKind } from '../support/server.ts';

let engine: Engine;
let port = 0;
const reached: string[] = [];
beforeAll(async () => {
  engine = await createEngine({
    kind: engineKind,
    fetch: application,
    trustedProxies: [],
    log: createLog('silent', 'test'),
    onSlowConsumer: () => {},
  });
  port = await engine.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => engine.close());

/** Notes what got through, and answers uploads without reading them. */
async function application(incoming: Request): Promise<Response> {
  const { host, pathname } = new URL(incoming.url);
  reached.push(`${incoming.method} ${host} ${pathname}`);
  if (incoming.method === 'PUT') return new Response('no', { status: 403 });
  return new Response(await incoming.text());
}

/** Sends bytes as they are, and reads until the server closes or falls silent. */
function exchange(bytes: string, { silentMs = 500 } = {}): Promise<{ statuses: number[]; text: string; end: string }> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    const done = (end: string) => {
      socket.destroy();
      resolve({ statuses: [...text.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, code]) => Number(code)), text, end });
    };
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    socket.on('error', () => {});
    socket.on('close', () => done('closed'));
    socket.setTimeout(silentMs, () => done('silent'));
    socket.write(bytes);
  });
}

const smuggled = 'GET /smuggled HTTP/1.1\r\nhost: a\r\n\r\n';
const ambiguous: Record<string, string> = {
  'two lengths': `content-length: 2\r\ncontent-length: ${2 + smuggled.length}\r\n\r\n{}${smuggled}`,
  'a length and a coding': `content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
  'a coding that nobody knows': `transfer-encoding: xchunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n${smuggled}`,
  'two codings': `transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n\r\n2\r\n{}\r\n0\r\n\r\n${smuggled}`,
  'a coding with a space before the colon': `transfer-encoding : chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n${smuggled}`,
  'a length with a sign': `content-length: +2\r\n\r\n{}${smuggled}`,
  'a length below zero': `content-length: -2\r\n\r\n{}${smuggled}`,
  'a length in hexadecimal': `content-length: 0x2\r\n\r\n{}${smuggled}`,
  'two hosts': `host: b\r\ncontent-length: 2\r\n\r\n{}${smuggled}`,
  'a folded header': `x: a\r\n b: c\r\ncontent-length: 2\r\n\r\n{}${smuggled}`,
};

test.each(Object.entries(ambiguous))(
  'a request with %s ends the connection, and hides no other one',
  async (_, rest) => {
    const { statuses, end } = await exchange(`POST /first HTTP/1.1\r\nhost: a\r\n${rest}`);
    expect([statuses.filter((status) => status !== 400), end]).toEqual([[], 'closed']);
    expect(reached.filter((seen) => seen.includes('/smuggled'))).toEqual([]);
  },
);

test('the body of a request that should have none is no other request', async () => {
  const { statuses } = await exchange(
    `GET /first HTTP/1.1\r\nhost: a\r\ncontent-length: ${smuggled.length}\r\n\r\n${smuggled}`,
  );
  expect(statuses).toEqual([200]);
  expect(reached.filter((seen) => seen.includes('/smuggled'))).toEqual([]);
});

test('a path is never taken for the host of another address', async () => {
  reached.length = 0;
  await exchange('GET //evil.example/healthz HTTP/1.1\r\nhost: a\r\n\r\n');
  await exchange('GET ///healthz HTTP/1.1\r\nhost: a\r\n\r\n');
  await exchange('GET /\\evil.example/healthz HTTP/1.1\r\nhost: a\r\n\r\n');
  expect(reached.filter((seen) => seen.includes(' /healthz') || seen.includes('evil.example '))).toEqual([]);
});

test.each([
  'TRACE / HTTP/1.1',
  'TRACK / HTTP/1.1',
  'OPTIONS * HTTP/1.1',
  'CONNECT a.example:443 HTTP/1.1',
  'GET / HTTP/1.1\r\nhost: a b/c',
])('%j is refused as the sender’s mistake, and echoes nothing', async (head) => {
  const host = head.includes('host:') ? '' : 'host: a\r\n';
  const { statuses, text } = await exchange(`${head}\r\n${host}cookie: access_token=canary\r\n\r\n`);
  expect(statuses.filter((status) => status < 400 || status === 500)).toEqual([]);
  expect(text).not.toContain('canary');
});

test('a head beyond its bound is refused', async () => {
  const long = await exchange(`GET / HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(32 * 1024)}\r\n\r\n`);
  const lines = Array.from({ length: 5_000 }, (_, index) => `x${index}: 1`).join('\r\n');
  const many = await exchange(`GET / HTTP/1.1\r\nhost: a\r\n${lines}\r\n\r\n`);
  expect([long.statuses, many.statuses]).toEqual([[431], [431]]);
});

test('an upload that is refused is refused before its bytes are there', async () => {
  const head = `PUT /v1/uploads/x HTTP/1.1\r\nhost: a\r\ncontent-length: ${limits.uploadBytes}\r\n\r\n`;
  const { statuses } = await exchange(`${head}${'x'.repeat(1_000)}`);
  expect(statuses).toEqual([403]);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHttpHarness, publicUrl, shopOrigin, type HttpHarness } from './harness.ts';

let http: HttpHarness;
let readiness = { ready: true, checks: { database: 'ok' } };
beforeAll(async () => {
  http = await createHttpHarness(() => ({
    async ready() {
      if (!readiness) throw new Error('readiness broke');
      return readiness;
    },
  }));
});
afterAll(() => http.close());

test('an unknown address answers 404 shaped as the ack', async () => {
  const response = await http.send('/v1/nothing');
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({
    ok: false,
    error: { code: 'route.not_found', requestId: expect.any(String) },
  });
});

test('a wrong method answers 405 and names the right ones', async () => {
  const response = await http.send('/v1/commands/users.me');
  expect(response.status).toBe(405);
  expect(response.headers.get('allow')).toBe('POST');
  expect((await response.json()).error.code).toBe('route.method_not_allowed');
});

test('an error of ours answers 500 without its cause, which is logged', async () => {
  readiness = undefined as never;
  const response = await http.send('/readyz');
  readiness = { ready: true, checks: { database: 'ok' } };
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain('broke');
  expect(http.logged).toHaveLength(1);
});

test('readiness follows the checks; health does not', async () => {
  expect((await http.send('/readyz')).status).toBe(200);
  readiness = { ready: false, checks: { database: 'unreachable' } };
  const response = await http.send('/readyz');
  expect(response.status).toBe(503);
  expect(await response.json()).toEqual(readiness);
  expect((await http.send('/healthz')).status).toBe(200);
});

test('HEAD answers as GET does, without a body', async () => {
  const response = await http.send('/healthz', { method: 'HEAD' });
  expect(response.status).toBe(200);
  expect(await response.text()).toBe('');
});

const preflight = (origin: string) =>
  http.send('/v1/commands/users.update', {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,idempotency-key',
    },
  });

test('an allow-listed shop may call with cookies', async () => {
  const response = await preflight(shopOrigin);
  expect(response.status).toBe(204);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'access-control-allow-origin': shopOrigin,
    'access-control-allow-credentials': 'true',
    'access-control-allow-headers': expect.stringContaining('Idempotency-Key'),
    vary: expect.stringContaining('Origin'),
  });
});

test('another origin gets no leave', async () => {
  for (const origin of ['https://evil.example', `${shopOrigin}.evil.example`, 'null']) {
    expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBeNull();
  }
});

test('errors carry the CORS headers too, so that the shop can read them', async () => {
  const response = await http.post('/v1/commands/users.me', {}, { origin: shopOrigin });
  expect(response.status).toBe(401);
  expect(response.headers.get('access-control-allow-origin')).toBe(shopOrigin);
});

test('answers cannot be framed, sniffed, embedded or run as a page', async () => {
  const { headers } = await http.send(`/healthz?from=${publicUrl}`);
  expect(Object.fromEntries(headers)).toMatchObject({
    'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'permissions-policy': expect.stringContaining('camera=()'),
  });
  expect(headers.get('x-powered-by') ?? headers.get('server')).toBeNull();
});

test.each(['/v1/nothing', '/v1/auth/login', '/v1/commands/users.me'])(
  'errors of %s carry all of it too',
  async (path) => {
    const { headers } = await http.post(path, {});
    for (const name of ['content-security-policy', 'strict-transport-security', 'x-content-type-options']) {
      expect(headers.get(name), name).not.toBeNull();
    }
    expect(headers.get('cache-control')).toBe('no-store');
  },
);

test('without https nobody is told to insist on it', async () => {
  const plain = await createHttpHarness(() => ({
    settings: {
      publicUrl: 'http://market.test',
      corsOrigins: ['*'],
      cookieSecure: false,
      accessTtlMs: 1,
      refreshTtlMs: 1,
    },
  }));
  const response = await plain.send('/healthz', { headers: { origin: 'https://evil.example' } });
  expect(response.headers.get('strict-transport-security')).toBeNull();
  // Anybody may read what anybody may see; cookies are not for them.
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  expect(response.headers.get('access-control-allow-credentials')).toBeNull();
  await plain.close();
});

test.each([
  ['id-1_a', true],
  ['a'.repeat(64), true],
  ['a'.repeat(65), false],
  ['<script>', false],
  ['a b', false],
  ['a,b', false],
  ['${jndi:ldap://x}', false],
  ['ä', false],
])('the request id %s is taken over: %s', async (sent, isTaken) => {
  const response = await http.send('/v1/nothing', { headers: { 'x-request-id': sent } });
  expect(response.headers.get('x-request-id') === sent).toBe(isTaken);
  const { error } = await response.json();
  expect(error.requestId).toBe(response.headers.get('x-request-id'));
});

test('every answer tells caches that it depends on the origin', async () => {
  for (const origin of [shopOrigin, 'https://evil.example', undefined]) {
    const response = await http.send('/healthz', origin ? { headers: { origin } } : {});
    expect(response.headers.get('vary')).toContain('Origin');
    const allowed = response.headers.get('access-control-allow-origin');
    expect(allowed).toBe(origin === shopOrigin ? shopOrigin : null);
  }
});

test.each(['PATCH', 'DELETE', 'PROPFIND', 'LINK'])('the method %s is taken nowhere', async (method) => {
  for (const path of ['/', '/v1/auth/login', '/v1/commands/users.me', '/healthz', '/.well-known/jwks.json']) {
    expect((await http.send(path, { method })).status).toBe(405);
  }
});

test('the key set may be cached by anybody and holds no secret', async () => {
  const response = await http.send('/.well-known/jwks.json');
  expect(response.headers.get('content-type')).toBe('application/jwk-set+json');
  expect(response.headers.get('cache-control')).toBe('public, max-age=300');
  expect(await response.json()).toEqual({ keys: [] });
});

test('pages run and load only what is ours', async () => {
  for (const path of ['/', '/docs']) {
    const policy = (await http.send(path)).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|data:|\*/);
  }
});

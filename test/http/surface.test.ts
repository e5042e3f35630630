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

test('answers cannot be framed, sniffed or run as a page', async () => {
  const { headers } = await http.send(`/healthz?from=${publicUrl}`);
  expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('strict-transport-security')).toContain('max-age');
});

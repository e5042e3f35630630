import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '../../src/domain/kernel/index.ts';
import { createHttpHarness, publicUrl, shopOrigin, type Answer, type HttpHarness } from './harness.ts';

let http: HttpHarness;
beforeAll(async () => {
  http = await createHttpHarness();
});
afterAll(() => http.close());

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

test('a command over HTTP answers with the ack of the socket', async () => {
  const asha = await http.market.user({ fullName: 'Asha' });
  const response = await http.post('/v1/commands/users.update', { bio: 'I sell lamps' }, bearer(asha.token));
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ ok: true, data: { id: asha.id, bio: 'I sell lamps', version: 2 } });
});

test.each([
  ['nothing.there', {}, 404, 'command.unknown'],
  ['users.update', {}, 401, 'auth.required'],
  ['users.get', { userId: 'not an id' }, 400, 'input.invalid'],
  ['users.get', { userId: '01890000-0000-7000-8000-000000000000' }, 404, 'users.not_found'],
  ['accounts.register', { password: 'correct horse', fullName: 'Asha' }, 422, 'accounts.identifier_required'],
])('%s with %j answers %i %s', async (name, input, status, code) => {
  const response = await http.post(`/v1/commands/${name}`, input);
  expect(response.status).toBe(status);
  const { ok, error } = await response.json();
  expect({ ok, code: error.code }).toEqual({ ok: false, code });
  expect(error).toMatchObject({ message: expect.any(String), requestId: response.headers.get('x-request-id') });
});

test('the Idempotency-Key header makes a repeated command answer the same', async () => {
  const asha = await http.market.user();
  const headers = { ...bearer(asha.token), 'idempotency-key': 'k1' };
  const first = await http.post('/v1/commands/users.update', { bio: 'once' }, headers);
  const second = await http.post('/v1/commands/users.update', { bio: 'once' }, headers);
  expect(await second.json()).toEqual(await first.json());
  const other = await http.post('/v1/commands/users.update', { bio: 'twice' }, headers);
  expect(other.status).toBe(409);
  expect(await http.market.inboxOf(asha)).toHaveLength(1);
});

test('an Idempotency-Key on a query is ignored', async () => {
  const asha = await http.market.user();
  const response = await http.post('/v1/commands/users.me', {}, { ...bearer(asha.token), 'idempotency-key': 'k1' });
  expect(response.status).toBe(200);
});

test.each([
  ['{"half":', 'application/json'],
  ['[]', 'application/json'],
  ['null', 'application/json; charset=utf-8'],
  ['"text"', 'application/json'],
  ['{}', 'text/plain'],
  ['a=b', 'application/x-www-form-urlencoded'],
])('the body %s as %s is malformed', async (body, type) => {
  const response = await http.send('/v1/commands/users.me', {
    method: 'POST',
    body,
    headers: { 'content-type': type },
  });
  expect(response.status).toBe(400);
  expect((await response.json()).error.code).toBe('frame.malformed');
});

test('no body counts as no input', async () => {
  const asha = await http.market.user();
  const response = await http.send('/v1/commands/users.me', { method: 'POST', headers: bearer(asha.token) });
  expect(response.status).toBe(200);
});

test('a body over the limit answers 413, announced or not', async () => {
  const url = await http.listen();
  const body = JSON.stringify({ bio: 'x'.repeat(limits.httpBodyBytes) });
  const headers = { 'content-type': 'application/json' };
  const announced = await fetch(`${url}/v1/commands/users.update`, { method: 'POST', body, headers });
  const streamed = await fetch(`${url}/v1/commands/users.update`, {
    method: 'POST',
    body: new Blob([body]).stream(),
    headers,
    duplex: 'half',
  });
  for (const response of [announced, streamed] as Answer[]) {
    expect(response.status).toBe(413);
    expect((await response.json()).error.code).toBe('frame.too_large');
  }
});

test('a request id of the caller is kept when it is a plain one', async () => {
  const kept = await http.post('/v1/commands/nothing.there', {}, { 'x-request-id': 'from-the-app-1' });
  expect((await kept.json()).error.requestId).toBe('from-the-app-1');
  const replaced = await http.post('/v1/commands/nothing.there', {}, { 'x-request-id': 'x'.repeat(65) });
  expect((await replaced.json()).error.requestId).toMatch(/^[0-9a-f-]{36}$/);
});

test.each([
  [{}, 403],
  [{ origin: 'https://evil.example' }, 403],
  [{ origin: 'null' }, 403],
  [{ 'sec-fetch-site': 'cross-site' }, 403],
  [{ 'sec-fetch-site': 'same-site' }, 403],
  [{ 'sec-fetch-site': 'same-origin' }, 200],
  [{ origin: publicUrl }, 200],
  [{ origin: shopOrigin }, 200],
  [{ origin: 'https://10.0.0.5:3000', host: '10.0.0.5:3000' }, 200],
])('a change by cookie with %j answers %i', async (headers, status) => {
  const asha = await http.market.user();
  const response = await http.post(
    '/v1/commands/users.update',
    { bio: 'hi' },
    { cookie: `access_token=${asha.token}`, ...headers },
  );
  expect(response.status).toBe(status);
  expect(await http.market.inboxOf(asha)).toHaveLength(status === 200 ? 1 : 0);
});

test('a Bearer token needs no origin', async () => {
  const asha = await http.market.user();
  const response = await http.post(
    '/v1/commands/users.update',
    { bio: 'hi' },
    { ...bearer(asha.token), origin: 'https://any.example' },
  );
  expect(response.status).toBe(200);
});

test('a stale cookie makes a guest where guests may call, and is refused elsewhere', async () => {
  const headers = { cookie: 'access_token=stale', origin: publicUrl };
  const open = await http.post('/v1/commands/users.get', { userId: '01890000-0000-7000-8000-000000000000' }, headers);
  expect((await open.json()).error.code).toBe('users.not_found');
  const closed = await http.post('/v1/commands/users.me', {}, headers);
  expect((await closed.json()).error.code).toBe('auth.invalid');
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { operations } from '../../src/domain/registry.ts';
import type { TestUser } from '../support/harness.ts';
import { signInitData } from '../support/telegram.ts';
import { cookiesOf, createHttpHarness, publicUrl, shopOrigin, type HttpHarness } from './harness.ts';

let http: HttpHarness;
let asha: TestUser;
beforeAll(async () => {
  http = await createHttpHarness();
  asha = await http.market.user();
});
afterAll(() => http.close());

const host = new URL(publicUrl).host;
const codeOf = async (response: { status: number; json(): Promise<any> }) =>
  response.status === 200 ? 'done' : ((await response.json()).error.code as string);

/** A change with the cookie of a signed-in person, as a browser sends it. */
const change = (headers: Record<string, string>, init: RequestInit = {}) =>
  http.send('/v1/commands/users.update', {
    method: 'POST',
    body: '{"bio":"changed"}',
    ...init,
    headers: { 'content-type': 'application/json', cookie: `access_token=${asha.token}`, host, ...headers },
  });

test.each([
  ['our own origin', { origin: publicUrl }],
  ['an allow-listed shop', { origin: shopOrigin }],
  ['our own page, which says so', { 'sec-fetch-site': 'same-origin' }],
  ['another name of this server', { origin: 'https://other-name.test', host: 'other-name.test' }],
])('a change by cookie from %s is done', async (_name, headers) => {
  expect(await codeOf(await change(headers))).toBe('done');
});

test.each([
  ['no origin', {}],
  ['no origin, from a site beside ours', { 'sec-fetch-site': 'same-site' }],
  ['no origin, from elsewhere', { 'sec-fetch-site': 'cross-site' }],
  ['a sandboxed page', { origin: 'null' }],
  ['a page that says same-site', { origin: `https://shop.${host}`, 'sec-fetch-site': 'same-site' }],
  ['another port', { origin: `${publicUrl}:8443` }],
  ['the same host over http', { origin: publicUrl.replace('https:', 'http:') }],
  ['a sub-domain', { origin: `https://evil.${host}` }],
  ['the domain above', { origin: 'https://test' }],
  ['a host that ends like ours', { origin: `https://evil-${host}` }],
  ['a host that begins like ours', { origin: `${publicUrl}.evil.example` }],
  ['a host with our name before the @', { origin: `https://${host}@evil.example` }],
  ['a shop that ends like an allowed one', { origin: `https://evil${new URL(shopOrigin).host}` }],
  ['a shop over http', { origin: shopOrigin.replace('https:', 'http:') }],
  ['a file', { origin: 'file://' }],
  ['an extension', { origin: `chrome-extension://${host}` }],
  ['two origins', { origin: `${publicUrl} https://evil.example` }],
  ['an empty origin', { origin: '' }],
  ['elsewhere, with a Referer of ours', { origin: 'https://evil.example', referer: `${publicUrl}/` }],
  ['elsewhere, with a forwarded host', { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example' }],
])('a change by cookie from %s is refused', async (_name, headers) => {
  const response = await change(headers);
  expect(response.status).toBe(403);
  expect(await codeOf(response)).toBe('route.cross_site');
});

test('what a form can send changes nothing, whatever its content type', async () => {
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
    expect(await codeOf(await change({ origin: 'https://evil.example', 'content-type': type }))).not.toBe('done');
    expect(await codeOf(await change({ origin: publicUrl, 'content-type': type }))).toBe('frame.malformed');
  }
});

test('a form without a body cannot run a command that needs none', async () => {
  const response = await http.send('/v1/commands/sessions.logout', {
    method: 'POST',
    headers: { cookie: `access_token=${asha.token}`, origin: 'https://evil.example' },
  });
  expect(await codeOf(response)).toBe('route.cross_site');
});

test('a method cannot be put on as a mask', async () => {
  const masks = ['x-http-method-override', 'x-method-override', 'x-http-method'];
  for (const mask of masks) {
    expect((await change({ [mask]: 'POST' }, { method: 'GET', body: null })).status).toBe(405);
    expect(await codeOf(await change({ [mask]: 'GET' }))).toBe('route.cross_site');
  }
  const byQuery = await http.send('/v1/commands/users.update?_method=POST', {
    headers: { cookie: `access_token=${asha.token}` },
  });
  expect(byQuery.status).toBe(405);
});

test('nothing is changed by GET: no command has such a route', async () => {
  const headers = { cookie: `access_token=${asha.token}` };
  for (const name of operations.keys()) {
    expect((await http.send(`/v1/commands/${name}`, { headers })).status).toBe(405);
  }
  for (const path of ['login', 'register', 'telegram', 'refresh', 'logout']) {
    expect((await http.send(`/v1/auth/${path}`, { headers })).status).toBe(405);
  }
});

test('a Bearer token needs no origin: no browser sends one by itself', async () => {
  const response = await http.post(
    '/v1/commands/users.update',
    { bio: 'b' },
    { authorization: `Bearer ${asha.token}` },
  );
  expect(response.status).toBe(200);
});

test('a cookie that a neighbour added counts for nothing, nor does ours beside it', async () => {
  const mallory = await http.market.user();
  const cookies = [asha, mallory].map(({ token }) => `access_token=${token}`);
  for (const cookie of [cookies.join('; '), cookies.toReversed().join('; ')]) {
    const me = await http.send('/v1/auth/me', { headers: { cookie } });
    expect(await codeOf(me)).toBe('auth.required');
  }
});

let count = 0;
async function registered() {
  count += 1;
  const login = { username: `cross_${count}`, password: 'correct horse' };
  await http.market.ok(null, 'accounts.register', { ...login, fullName: 'Zuri' });
  return { identifier: login.username, password: login.password };
}

test.each([
  ['elsewhere', { origin: 'https://evil.example' }, []],
  ['a site beside ours', { 'sec-fetch-site': 'same-site' }, []],
  ['our own page', { origin: publicUrl }, ['access_token', 'refresh_token']],
  ['no browser', {}, ['access_token', 'refresh_token']],
])('signing in from %s sets cookies only where the page is ours', async (_name, headers, names) => {
  const response = await http.post('/v1/auth/login', await registered(), headers);
  expect(await response.json()).toMatchObject({ access_token: expect.any(String) });
  expect(Object.keys(cookiesOf(response))).toEqual(names);
});

test('a form elsewhere cannot sign anybody in', async () => {
  const body = JSON.stringify(await registered());
  for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
    const headers = { 'content-type': type, origin: 'https://evil.example' };
    const response = await http.send('/v1/auth/login', { method: 'POST', body, headers });
    expect([response.status, cookiesOf(response)]).toEqual([400, {}]);
  }
});

test('a form elsewhere cannot sign anybody out, although the browser keeps the cookies back', async () => {
  for (const origin of ['https://evil.example', 'null']) {
    const response = await http.send('/v1/auth/logout', { method: 'POST', headers: { origin } });
    expect(response.status).toBe(403);
    expect(response.headers.getSetCookie()).toEqual([]);
  }
});

test('an app elsewhere signs its own Bearer token out', async () => {
  const zuri = await http.market.user();
  const headers = { origin: 'https://app.example', authorization: `Bearer ${zuri.token}` };
  expect((await http.send('/v1/auth/logout', { method: 'POST', headers })).status).toBe(200);
});

test('signing in makes a new session and ends the one whose cookie came along', async () => {
  const login = await registered();
  const first = cookiesOf(await http.post('/v1/auth/login', login));
  const cookie = `access_token=${first.access_token}`;
  const second = cookiesOf(await http.post('/v1/auth/login', login, { cookie, origin: publicUrl }));
  expect(second.access_token).not.toBe(first.access_token);
  expect(second.refresh_token).not.toBe(first.refresh_token);
  const me = (token = '') => http.send('/v1/auth/me', { headers: { authorization: `Bearer ${token}` } });
  expect(await codeOf(await me(first.access_token))).toBe('auth.revoked');
  expect(await codeOf(await me(second.access_token))).toBe('done');
});

test('a session that an attacker began is not the one that a person signs in to', async () => {
  const planted = cookiesOf(await http.post('/v1/auth/login', await registered()));
  const cookie = `access_token=${planted.access_token}; refresh_token=${planted.refresh_token}`;
  const response = await http.post('/v1/auth/login', await registered(), { cookie, origin: publicUrl });
  expect(cookiesOf(response).access_token).not.toBe(planted.access_token);
  const refreshed = await http.post('/v1/auth/refresh', { refresh_token: planted.refresh_token });
  expect(refreshed.status).toBe(401);
});

test('a refused sign-in leaves the session of the cookie alone', async () => {
  const login = await registered();
  const { access_token: token } = cookiesOf(await http.post('/v1/auth/login', login));
  const headers = { cookie: `access_token=${token}`, origin: publicUrl };
  expect((await http.post('/v1/auth/login', { ...login, password: 'wrong horse' }, headers)).status).toBe(401);
  expect(await codeOf(await http.send('/v1/auth/me', { headers }))).toBe('done');
});

test('commands that answer tokens set no cookies beside /v1/auth', async () => {
  const response = await http.post('/v1/commands/sessions.login', await registered(), { origin: publicUrl });
  expect([response.status, response.headers.getSetCookie()]).toEqual([200, []]);
});

test('two tabs that refresh by cookie at once both get cookies that are good', async () => {
  const { refresh_token: token } = cookiesOf(await http.post('/v1/auth/login', await registered()));
  const headers = { cookie: `refresh_token=${token}`, origin: publicUrl };
  const tabs = await Promise.all([0, 1].map(() => http.send('/v1/auth/refresh', { method: 'POST', headers })));
  for (const tab of tabs) {
    const me = await http.send('/v1/auth/me', { headers: { cookie: `access_token=${cookiesOf(tab).access_token}` } });
    expect(await codeOf(me)).toBe('done');
  }
});

test('a Mini App signs in with its initData and gets tokens and cookies', async () => {
  const response = await http.post('/v1/auth/telegram', { init_data: signInitData() });
  expect(await response.json()).toMatchObject({ token_type: 'Bearer', user: { telegram_linked: true } });
  expect(Object.keys(cookiesOf(response))).toEqual(['access_token', 'refresh_token']);
  const forged = await http.post('/v1/auth/telegram', { init_data: `${signInitData()}0` });
  expect([forged.status, await codeOf(forged)]).toEqual([401, 'auth.invalid']);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { codeTo, goodPassword, newEmail, signUp, tokenTo } from '../identity/mailbox.ts';
import { cookiesOf, createHttpHarness, publicUrl, shopOrigin, type HttpHarness } from './harness.ts';

let http: HttpHarness;
beforeAll(async () => {
  http = await createHttpHarness();
});
afterAll(() => http.close());

let count = 0;
async function register() {
  count += 1;
  const email = `asha${count}@example.test`;
  const response = await http.post('/v1/auth/register', {
    name: 'Asha',
    email,
    password: 'correct horse',
    campus: null,
  });
  expect(response.status).toBe(200);
  return { email, response, body: await response.json(), cookies: cookiesOf(response) };
}

const cookie = (cookies: Record<string, string>) =>
  Object.entries(cookies)
    .map((pair) => pair.join('='))
    .join('; ');

test('registering answers with the field names of the mobile apps', async () => {
  const { body, email } = await register();
  expect(body).toMatchObject({
    access_token: expect.any(String),
    refresh_token: expect.any(String),
    token_type: 'Bearer',
    expires_in: 900,
    user: { id: expect.any(String), email, full_name: 'Asha', market_role: 'both', member_since: expect.any(String) },
  });
});

test('tokens are also set as cookies that scripts cannot read', async () => {
  const { response } = await register();
  expect(response.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^access_token=[^;]+; Max-Age=900; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
    expect.stringMatching(/^refresh_token=[^;]+; Max-Age=86400; Path=\/v1\/auth; HttpOnly; Secure; SameSite=Lax$/),
  ]);
  expect(response.headers.get('cache-control')).toBe('no-store');
});

test.each(['email', 'identifier'])('a person signs in with %s', async (field) => {
  const { email } = await register();
  const response = await http.post('/v1/auth/login', { [field]: email, password: 'correct horse' });
  expect(await response.json()).toMatchObject({ token_type: 'Bearer', user: { email } });
});

test('a wrong password answers 401 with the error of the command', async () => {
  const { email } = await register();
  const response = await http.post('/v1/auth/login', { email, password: 'wrong horse' });
  expect(response.status).toBe(401);
  expect(await response.json()).toMatchObject({
    ok: false,
    error: { code: 'sessions.wrong_credentials', retry: 'never' },
  });
  expect(cookiesOf(response)).toEqual({});
});

test('errors name the fields as the app sent them', async () => {
  const response = await http.post('/v1/auth/register', {
    full_name: '',
    email: 'a@example.test',
    password: 'correct horse',
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { code: 'input.invalid', issues: [{ path: 'full_name' }] } });
});

test('a stale token sent along does not keep anyone from signing in', async () => {
  const { email } = await register();
  const response = await http.post(
    '/v1/auth/login',
    { email, password: 'correct horse' },
    { authorization: 'Bearer stale' },
  );
  expect(response.status).toBe(200);
});

test('the profile is read by Bearer token and by cookie', async () => {
  const { body, cookies, email } = await register();
  const byToken = await http.send('/v1/auth/me', { headers: { authorization: `Bearer ${body.access_token}` } });
  const byCookie = await http.send('/v1/auth/me', { headers: { cookie: cookie(cookies) } });
  expect(await byToken.json()).toMatchObject({ email, full_name: 'Asha' });
  expect(await byCookie.json()).toMatchObject({ email, full_name: 'Asha' });
});

test.each([
  [{}, 'auth.required'],
  [{ authorization: 'Bearer nonsense' }, 'auth.invalid'],
  [{ authorization: 'Basic abc' }, 'auth.invalid'],
  [{ cookie: 'access_token=nonsense' }, 'auth.invalid'],
])('the profile is not shown with %j', async (headers, code) => {
  const response = await http.send('/v1/auth/me', { headers });
  expect(response.status).toBe(401);
  expect((await response.json()).error.code).toBe(code);
});

test('a refresh token is traded from the body', async () => {
  const { body } = await register();
  const response = await http.post('/v1/auth/refresh', { refresh_token: body.refresh_token });
  const fresh = await response.json();
  expect(fresh).toMatchObject({ access_token: expect.any(String), token_type: 'Bearer' });
  expect(fresh.refresh_token).not.toBe(body.refresh_token);
});

test('a refresh token is traded from the cookie, for our own site only', async () => {
  const { cookies } = await register();
  const headers = { cookie: cookie(cookies) };
  const foreign = await http.send('/v1/auth/refresh', {
    method: 'POST',
    headers: { ...headers, origin: 'https://evil.example' },
  });
  expect(foreign.status).toBe(403);
  const own = await http.send('/v1/auth/refresh', { method: 'POST', headers: { ...headers, origin: publicUrl } });
  expect(own.status).toBe(200);
  expect(cookiesOf(own).refresh_token).not.toBe(cookies.refresh_token);
});

test('a refused refresh cookie is cleared', async () => {
  const response = await http.send('/v1/auth/refresh', {
    method: 'POST',
    headers: { cookie: 'refresh_token=old', origin: publicUrl },
  });
  expect(response.status).toBe(401);
  expect(cookiesOf(response)).toEqual({ access_token: '', refresh_token: '' });
});

test('logging out ends the session and clears the cookies', async () => {
  const { body, cookies } = await register();
  const response = await http.send('/v1/auth/logout', {
    method: 'POST',
    headers: { cookie: cookie(cookies), origin: shopOrigin },
  });
  expect(response.status).toBe(200);
  expect(cookiesOf(response)).toEqual({ access_token: '', refresh_token: '' });
  const me = await http.send('/v1/auth/me', { headers: { authorization: `Bearer ${body.access_token}` } });
  expect((await me.json()).error.code).toBe('auth.revoked');
});

test('logging out with only the refresh cookie left still ends the session', async () => {
  const { body, cookies } = await register();
  const headers = { cookie: `access_token=stale; refresh_token=${cookies.refresh_token}`, origin: publicUrl };
  expect((await http.send('/v1/auth/logout', { method: 'POST', headers })).status).toBe(200);
  const me = await http.send('/v1/auth/me', { headers: { authorization: `Bearer ${body.access_token}` } });
  expect((await me.json()).error.code).toBe('auth.revoked');
});

test('a code signs a guest in with tokens and cookies, and proves an address to whoever is signed in', async () => {
  const { market } = http;
  const { email, actor } = await signUp(market);
  const sent = await http.post('/v1/auth/otp/send', { email });
  expect(await sent.json()).toEqual({ expires_in: 600 });
  const verify = { email, otp_code: await codeTo(market, email) };
  const signedIn = await http.post('/v1/auth/otp/verify', verify);
  expect(await signedIn.json()).toMatchObject({ access_token: expect.any(String), user: { email } });
  expect(cookiesOf(signedIn)).toEqual({ access_token: expect.any(String), refresh_token: expect.any(String) });

  const other = newEmail();
  const authorization = { authorization: `Bearer ${actor.token}` };
  expect((await http.post('/v1/auth/otp/send', { email: other }, authorization)).status).toBe(200);
  const proof = { email: other, code: await codeTo(market, other) };
  const proven = await http.post('/v1/auth/otp/verify', proof, authorization);
  expect(await proven.json()).toMatchObject({ user: { id: actor.id, email: other }, tokens: null });
  expect(cookiesOf(proven)).toEqual({});
});

test('a cookie alone proves no address for a page of another site', async () => {
  const { cookies } = await register();
  const headers = { cookie: cookie(cookies), origin: 'https://evil.example' };
  const response = await http.post('/v1/auth/otp/send', { email: newEmail() }, headers);
  expect((await response.json()).error.code).toBe('route.cross_site');
});

test('a forgotten password is set anew by the link, and the answer does not tell who has an account', async () => {
  const { email } = await signUp(http.market);
  const answers = [];
  for (const address of [email, newEmail()]) {
    const response = await http.post('/v1/auth/forgot-password', { email: address });
    answers.push([response.status, await response.json()]);
  }
  expect(answers).toEqual([
    [200, {}],
    [200, {}],
  ]);
  const password = `${goodPassword} anew`;
  const reset = { token: await tokenTo(http.market, email), new_password: password };
  expect((await http.post('/v1/auth/reset-password', reset)).status).toBe(200);
  expect((await http.post('/v1/auth/login', { email, password })).status).toBe(200);
  const weak = await (await http.post('/v1/auth/reset-password', { token: 'used', new_password: 'short' })).json();
  expect(weak.error.issues).toMatchObject([{ path: 'new_password' }]);
});

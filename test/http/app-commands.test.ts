import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signUp } from '../identity/mailbox.ts';
import { appDevice } from '../preferences/devices.ts';
import { createHttpHarness, type HttpHarness } from './harness.ts';

let http: HttpHarness;
beforeAll(async () => {
  http = await createHttpHarness();
});
afterAll(() => http.close());

test('an app registers its device in the names it knows, and errors name the fields as sent', async () => {
  const asha = await http.market.user();
  const post = (body: object) =>
    http.send('/v1/devices', {
      method: 'POST',
      headers: { authorization: `Bearer ${asha.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const { platform, pushToken, appVersion } = appDevice();
  const response = await post({ platform, push_token: pushToken, app_version: appVersion });
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ platform, app_version: appVersion, current: true });
  const refused = await (await post({ platform, push_token: '' })).json();
  expect(refused.error.issues).toMatchObject([{ path: 'push_token' }]);
});

test('an app finds friends by the hashes of their addresses, and a guest nobody', async () => {
  const [asha, juma] = [await signUp(http.market), await signUp(http.market)];
  for (const { actor } of [asha, juma]) await http.market.ok(actor, 'users.update', { discoverable: true });
  const hash = createHash('sha256').update(juma.email).digest('hex');
  const authorization = `Bearer ${asha.actor.token}`;
  const response = await http.post('/v1/contacts/match', { email_hashes: [hash] }, { authorization });
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ items: [{ email_hash: hash, user: { id: juma.id } }] });
  const asGuest = await http.post('/v1/contacts/match', { email_hashes: [hash] });
  expect((await asGuest.json()).error.code).toBe('auth.required');
});

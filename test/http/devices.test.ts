import { afterAll, beforeAll, expect, test } from 'vitest';
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

import { createDecipheriv, createECDH, generateKeyPairSync, hkdfSync } from 'node:crypto';
import jwt from 'jsonwebtoken';
import webPush from 'web-push';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Parcel } from '../../src/domain/outbox/channel.ts';
import { createPushSender, createTelegramSender, createTwilioSender } from '../../src/domain/outbox/index.ts';
import { browserDevice } from '../preferences/devices.ts';
import { deadUrl, startProvider, type FakeProvider } from './fake-provider.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const vapid = webPush.generateVAPIDKeys();

let provider: FakeProvider;
beforeAll(async () => {
  provider = await startProvider(({ path }) => {
    if (path === '/token') return { status: 200, body: { access_token: 'granted', expires_in: 3600 } };
    return { status: 200, body: { ok: true, result: { message_id: 1 }, sid: 'SM1', name: 'm' } };
  });
});
afterAll(() => provider.close());
afterEach(() => void provider.requests.splice(0));

function parcel(fields: Partial<Parcel> = {}): Parcel {
  const written = { title: 'Offer accepted', body: 'The price is accepted.', sms: 'Accepted.', locale: 'en' } as const;
  const target = { platform: 'android', pushToken: 'token-of-a-phone' } as const;
  const about = 'offer:0199aaaa-0000-7000-8000-000000000002';
  return {
    id: crypto.randomUUID(),
    recipient: '+254700000001',
    target,
    written,
    about,
    unsubscribeUrl: null,
    ttlSeconds: 600,
    ...fields,
  };
}

const soon = () => AbortSignal.timeout(2_000);

function fcmSender(url = provider.url) {
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const fcm = {
    projectId: 'soko-test',
    clientEmail: 'push@soko-test.iam.gserviceaccount.com',
    privateKey: key,
    baseUrl: url,
    tokenUrl: `${provider.url}/token`,
  };
  return createPushSender({ fcm, web: null });
}

/** What every channel over HTTP makes of a provider that misbehaves. */
async function expectMisbehaviour(send: (url?: string) => ReturnType<ReturnType<typeof fcmSender>['send']>) {
  provider.next.push({ status: 429, headers: { 'retry-after': '7' }, body: {} });
  expect(await send()).toMatchObject({ kind: 'retry', afterMs: 7_000 });
  provider.next.push('take_and_reset');
  expect(await send()).toMatchObject({ kind: 'unknown' });
  provider.next.push('hang');
  expect(await send()).toMatchObject({ kind: 'unknown' });
  expect(await send(await deadUrl())).toMatchObject({ kind: 'retry' });
}

describe('Firebase', () => {
  test('gets the message with a signed claim’s access token, asked for once', async () => {
    const sender = fcmSender();
    const sent = await Promise.all([1, 2, 3].map(() => sender.send(parcel(), soon())));
    expect(sent.map(({ kind }) => kind)).toEqual(['sent', 'sent', 'sent']);
    const [grant, ...messages] = provider.requests;
    const assertion = new URLSearchParams(grant?.body.toString()).get('assertion')!;
    const claims = jwt.verify(assertion, publicKey, { algorithms: ['RS256'], audience: `${provider.url}/token` });
    expect(claims).toMatchObject({ scope: 'https://www.googleapis.com/auth/firebase.messaging' });
    expect(messages.map(({ path }) => path)).toEqual(Array(3).fill('/v1/projects/soko-test/messages:send'));
    expect(messages[0]?.headers.authorization).toBe('Bearer granted');
    const { message } = JSON.parse(messages[0]!.body.toString());
    expect(message).toMatchObject({
      token: 'token-of-a-phone',
      notification: { title: 'Offer accepted' },
      android: { ttl: '600s', notification: { tag: parcel().about } },
      apns: { headers: { 'apns-collapse-id': parcel().about } },
    });
  });

  test('that misbehaves is told apart', async () => {
    const sender = fcmSender();
    await sender.send(parcel(), soon());
    await expectMisbehaviour((url) => (url ? fcmSender(url) : sender).send(parcel(), soon()));
    provider.next.push({ status: 503 });
    expect(await sender.send(parcel(), soon())).toMatchObject({ kind: 'retry' });
    const unregistered = { error: { code: 404, details: [{ errorCode: 'UNREGISTERED' }] } };
    provider.next.push({ status: 404, body: unregistered });
    expect(await sender.send(parcel(), soon())).toMatchObject({ kind: 'unreachable' });
    provider.next.push({ status: 400, body: { error: { details: [{ errorCode: 'INVALID_ARGUMENT' }] } } });
    expect(await sender.send(parcel(), soon())).toMatchObject({ kind: 'failed' });
  });

  test('that refuses the token is asked for a new one', async () => {
    const sender = fcmSender();
    await sender.send(parcel(), soon());
    provider.next.push({ status: 401 });
    expect(await sender.send(parcel(), soon())).toMatchObject({ kind: 'retry' });
    expect(await sender.send(parcel(), soon())).toEqual({ kind: 'sent' });
    expect(provider.requests.filter(({ path }) => path === '/token')).toHaveLength(2);
  });

  test('without an access token nothing is sent and everything is tried again', async () => {
    provider.next.push({ status: 500 });
    expect(await fcmSender().send(parcel(), soon())).toMatchObject({ kind: 'retry' });
    expect(provider.requests).toHaveLength(1);
  });
});

describe('a browser’s push service', () => {
  const web = (pushServices: string[]) => ({ ...vapid, subject: 'mailto:push@soko.test', pushServices });
  const sender = (pushServices = [provider.url]) => createPushSender({ fcm: null, web: web(pushServices) });

  function browser(endpoint = `${provider.url}/push/1`) {
    const key = createECDH('prime256v1');
    key.generateKeys();
    const { pushToken } = browserDevice(endpoint);
    const subscription = JSON.parse(pushToken);
    subscription.keys.p256dh = key.getPublicKey('base64url');
    const target = { platform: 'web', pushToken: JSON.stringify(subscription) } as const;
    return { target, key, auth: Buffer.from(subscription.keys.auth as string, 'base64url') };
  }

  test('gets what only that browser can read', async () => {
    const { target, key, auth } = browser();
    expect(await sender().send(parcel({ target }), soon())).toEqual({ kind: 'sent' });
    const [request] = provider.requests;
    expect(request?.headers).toMatchObject({ 'content-encoding': 'aes128gcm', ttl: '600', urgency: 'high' });
    expect(request?.headers.topic).toMatch(/^[\w-]{1,32}$/);
    const text = JSON.parse(decrypt(request!.body, { key, auth }));
    expect(text).toMatchObject({ title: 'Offer accepted', about: parcel().about });
  });

  test('that misbehaves is told apart; 404 and 410 are the end of the subscription', async () => {
    await expectMisbehaviour(async (url) =>
      url
        ? sender([url]).send(parcel({ target: browser(`${url}/push/1`).target }), soon())
        : sender().send(parcel({ target: browser().target }), soon()),
    );
    for (const status of [404, 410]) {
      provider.next.push({ status });
      expect(await sender().send(parcel({ target: browser().target }), soon())).toMatchObject({ kind: 'unreachable' });
    }
    provider.next.push({ status: 413 });
    expect(await sender().send(parcel({ target: browser().target }), soon())).toMatchObject({ kind: 'failed' });
  });

  test('is not followed elsewhere, and not called when it is not on the list', async () => {
    provider.next.push({ status: 307, headers: { location: `${provider.url}/internal` } });
    expect(await sender().send(parcel({ target: browser().target }), soon())).toMatchObject({ kind: 'failed' });
    expect(provider.requests).toHaveLength(1);
    expect(await sender(['push.test']).send(parcel({ target: browser().target }), soon())).toMatchObject({
      kind: 'unreachable',
    });
    expect(provider.requests).toHaveLength(1);
  });
});

describe('Twilio', () => {
  const settings = { accountSid: 'AC1', authToken: 'secret', from: '+15550001111' };
  const sender = (url = provider.url) => createTwilioSender({ ...settings, baseUrl: url });

  test('gets the short text as a form, signed in', async () => {
    expect(await sender().send(parcel(), soon())).toEqual({ kind: 'sent' });
    const [request] = provider.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/2010-04-01/Accounts/AC1/Messages.json' });
    expect(request?.headers.authorization).toBe(`Basic ${Buffer.from('AC1:secret').toString('base64')}`);
    const form = Object.fromEntries(new URLSearchParams(request?.body.toString()));
    expect(form).toEqual({ To: '+254700000001', From: '+15550001111', Body: 'Accepted.', ValidityPeriod: '600' });
  });

  test('that misbehaves is told apart; a number that cannot get any is unreachable', async () => {
    await expectMisbehaviour((url) => sender(url).send(parcel(), soon()));
    provider.next.push({ status: 500 });
    expect(await sender().send(parcel(), soon())).toMatchObject({ kind: 'unknown' });
    provider.next.push({ status: 400, body: { code: 21610 } });
    expect(await sender().send(parcel(), soon())).toMatchObject({ kind: 'unreachable' });
    provider.next.push({ status: 400, body: { code: 21617 } });
    expect(await sender().send(parcel(), soon())).toMatchObject({ kind: 'failed' });
    provider.next.push({ status: 401 });
    expect(await sender().send(parcel(), soon())).toMatchObject({ kind: 'retry' });
  });
});

describe('Telegram', () => {
  const sender = (apiRoot = provider.url) => createTelegramSender({ botToken: '1:secret', apiRoot });
  const refusal = (code: number, description: string, parameters = {}) => ({
    status: code,
    body: { ok: false, error_code: code, description, parameters },
  });

  test('gets plain text from the bot', async () => {
    expect(await sender().send(parcel({ recipient: '42' }), soon())).toEqual({ kind: 'sent' });
    const [request] = provider.requests;
    expect(request?.path).toBe('/bot1:secret/sendMessage');
    const body = JSON.parse(request!.body.toString());
    expect(body).toEqual({ chat_id: '42', text: 'Offer accepted\n\nThe price is accepted.' });
  });

  test('that misbehaves is told apart; who blocked the bot is unreachable', async () => {
    provider.next.push(refusal(429, 'Too Many Requests', { retry_after: 9 }));
    expect(await sender().send(parcel(), soon())).toMatchObject({ kind: 'retry', afterMs: 9_000 });
    provider.next.push(refusal(403, 'Forbidden: bot was blocked by the user'));
    expect(await sender().send(parcel(), soon())).toMatchObject({ kind: 'unreachable' });
    provider.next.push(refusal(400, 'Bad Request: chat not found'));
    expect(await sender().send(parcel(), soon())).toMatchObject({ kind: 'unreachable' });
    provider.next.push(refusal(500, 'Internal Server Error'));
    expect(await sender().send(parcel(), soon())).toMatchObject({ kind: 'retry' });
    provider.next.push('take_and_reset');
    expect(await sender().send(parcel(), soon())).toMatchObject({ kind: 'unknown' });
    provider.next.push('hang');
    expect(await sender().send(parcel(), soon())).toMatchObject({ kind: 'unknown' });
    expect(await sender(await deadUrl()).send(parcel(), soon())).toMatchObject({ kind: 'retry' });
  });
});

/** RFC 8188 and 8291, as a browser does it. */
function decrypt(body: Buffer, { key, auth }: { key: ReturnType<typeof createECDH>; auth: Buffer }): string {
  const salt = body.subarray(0, 16);
  const keyBytes = body[20] ?? 0;
  const senderKey = body.subarray(21, 21 + keyBytes);
  const sealed = body.subarray(21 + keyBytes);
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), key.getPublicKey(), senderKey]);
  const secret = Buffer.from(hkdfSync('sha256', key.computeSecret(senderKey), auth, info, 32));
  const contentKey = Buffer.from(hkdfSync('sha256', secret, salt, 'Content-Encoding: aes128gcm\0', 16));
  const nonce = Buffer.from(hkdfSync('sha256', secret, salt, 'Content-Encoding: nonce\0', 12));
  const decipher = createDecipheriv('aes-128-gcm', contentKey, nonce);
  decipher.setAuthTag(sealed.subarray(-16));
  const plain = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
  return plain.subarray(0, plain.lastIndexOf(2)).toString('utf8');
}

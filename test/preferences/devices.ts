import { createECDH, randomBytes } from 'node:crypto';

/** A registration of an app, with a token of its own. */
export function appDevice(platform: 'android' | 'ios' = 'android') {
  return { platform, pushToken: `fcm:${randomBytes(40).toString('base64url')}`, appVersion: '1.4.0' };
}

/** A registration of a browser, whose subscription has real keys. */
export function browserDevice(endpoint = `https://push.test/send/${crypto.randomUUID()}`) {
  const key = createECDH('prime256v1');
  key.generateKeys();
  const keys = { p256dh: key.getPublicKey('base64url'), auth: randomBytes(16).toString('base64url') };
  return { platform: 'web' as const, pushToken: JSON.stringify({ endpoint, expirationTime: null, keys }) };
}

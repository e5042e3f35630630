import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { expect, test } from 'vitest';
import { createTokens } from '../../src/domain/identity/index.ts';
import { newId, type SessionId, type UserId } from '../../src/domain/kernel/index.ts';

const secret = 'a-secret-of-at-least-32-characters!!';
const ids = { userId: newId<UserId>(), sessionId: newId<SessionId>() };
const settings = { accessTtlMs: 900_000, refreshTtlMs: 1, clock: { offsetMs: 0 } };

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
/** Signed by hand: libraries refuse to take a public key for a secret. */
const hs256 = (named: object, payload: object, key: string | Buffer) => {
  const message = `${encoded(named)}.${encoded(payload)}`;
  return `${message}.${createHmac('sha256', key).update(message).digest('base64url')}`;
};
const pem = ({ privateKey }: { privateKey: KeyObject }) => String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
const rsa = pem(generateKeyPairSync('rsa', { modulusLength: 2048 }));
const ec = pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }));

test.each([
  ['HS256', { secret }],
  ['RS256', { privateKeys: rsa }],
  ['ES256', { privateKeys: ec }],
] as const)('a token signed with %s reads back, and says so in its header', (algorithm, key) => {
  const tokens = createTokens({ key, ...settings });
  const token = tokens.signAccess(ids);
  expect(tokens.verifyAccess(token)).toMatchObject(ids);
  expect(jwt.decode(token, { complete: true })?.header.alg).toBe(algorithm);
});

test('a token expires with the clock of the market, which may be five seconds off, not before', () => {
  const clock = { offsetMs: 0 };
  const tokens = createTokens({ key: { secret }, ...settings, clock });
  const token = tokens.signAccess(ids);
  clock.offsetMs = 903_000;
  expect(tokens.verifyAccess(token)).toMatchObject(ids);
  clock.offsetMs = 907_000;
  expect(tokens.verifyAccess(token)).toBe('auth.expired');
});

const header = { alg: 'HS256', typ: 'at+jwt' } as const;
const iat = Math.floor(Date.now() / 1000);
const claims = { iss: 'soko', aud: 'soko', sub: ids.userId, sid: ids.sessionId, iat, exp: iat + 900 };
const signed = (payload: object, key = secret) => hs256(header, payload, key);

test('the tokens below would be good but for what they say is wrong', () => {
  expect(createTokens({ key: { secret }, ...settings }).verifyAccess(signed(claims))).toMatchObject(ids);
});

test.each([
  ['signed with another secret', signed(claims, 'another-secret-of-at-least-32-characters')],
  ['not signed at all', jwt.sign(claims, '', { algorithm: 'none' })],
  [
    'signed with another algorithm',
    jwt.sign(claims, secret, { algorithm: 'HS512', header: { ...header, alg: 'HS512' } }),
  ],
  ['of another type', jwt.sign(claims, secret)],
  ['of another issuer', signed({ ...claims, iss: 'elsewhere' })],
  ['for another audience', signed({ ...claims, aud: 'elsewhere' })],
  ['for several audiences', signed({ ...claims, aud: ['elsewhere', 'soko'] })],
  ['without an end', signed({ ...claims, exp: undefined })],
  ['without a session', signed({ ...claims, sid: undefined })],
  ['with a subject that is no id', signed({ ...claims, sub: 'admin' })],
  ['with padding', `${signed(claims)}=`],
  ['longer than 4 KiB', signed({ ...claims, more: 'x'.repeat(4_096) })],
  ['that is noise', 'a.b.c'],
  ['that is empty', ''],
])('a token %s is invalid', (_name, token) => {
  expect(createTokens({ key: { secret }, ...settings }).verifyAccess(token)).toBe('auth.invalid');
});

test('a public key is no secret: an RS256 verifier refuses an HS256 token made with it', () => {
  const tokens = createTokens({ key: { privateKeys: rsa }, ...settings });
  const publicPem = createPublicKey(rsa).export({ type: 'spki', format: 'pem' });
  const { keyid } = { keyid: jwt.decode(tokens.signAccess(ids), { complete: true })?.header.kid };
  for (const named of [header, { ...header, kid: String(keyid) }]) {
    expect(tokens.verifyAccess(hs256(named, claims, publicPem))).toBe('auth.invalid');
  }
});

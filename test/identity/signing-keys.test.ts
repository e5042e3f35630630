import { createHash, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { expect, test } from 'vitest';
import { bindPorts } from '../../src/bind-ports.ts';
import { ConfigError, readConfig } from '../../src/config.ts';
import { createTokens, KeyError } from '../../src/domain/identity/index.ts';
import { newId, type SessionId, type UserId } from '../../src/domain/kernel/index.ts';

const ids = { userId: newId<UserId>(), sessionId: newId<SessionId>() };
const settings = { accessTtlMs: 900_000, refreshTtlMs: 1, clock: { offsetMs: 0 } };
const privatePem = (key: KeyObject) => String(key.export({ type: 'pkcs8', format: 'pem' }));
const publicPem = (key: KeyObject) => String(createPublicKey(key).export({ type: 'spki', format: 'pem' }));
const rsaKey = (modulusLength = 2_048) => generateKeyPairSync('rsa', { modulusLength }).privateKey;
const ecKey = (namedCurve = 'P-256') => generateKeyPairSync('ec', { namedCurve }).privateKey;
const withKeys = (...keys: string[]) => createTokens({ key: { privateKeys: keys.join('') }, ...settings });
const keyIdOf = (token: string) => jwt.decode(token, { complete: true })?.header.kid;

const [oldKey, newKey] = [rsaKey(), ecKey()];

test('after a rotation new tokens name the new key, and those of the old one stay good until it is taken away', () => {
  const before = withKeys(privatePem(oldKey));
  const during = withKeys(privatePem(newKey), publicPem(oldKey));
  const after = withKeys(privatePem(newKey));
  const [old, fresh] = [before.signAccess(ids), during.signAccess(ids)];
  expect(keyIdOf(fresh)).not.toBe(keyIdOf(old));
  expect([during.verifyAccess(old), during.verifyAccess(fresh)]).toMatchObject([ids, ids]);
  expect(after.verifyAccess(fresh)).toMatchObject(ids);
  expect(after.verifyAccess(old)).toBe('auth.invalid');
  expect(before.verifyAccess(fresh)).toBe('auth.invalid');
});

test('tokens of an old key expire like others', () => {
  const clock = { offsetMs: 0 };
  const old = withKeys(privatePem(oldKey)).signAccess(ids);
  const during = createTokens({
    key: { privateKeys: privatePem(newKey) + privatePem(oldKey) },
    ...settings,
    clock,
  });
  clock.offsetMs = 907_000;
  expect(during.verifyAccess(old)).toBe('auth.expired');
});

test('secrets rotate too, among themselves and to a private key', () => {
  const [first, second] = ['the-first-secret-of-32-characters', 'the-second-secret-of-32-characters'];
  const old = createTokens({ key: { secret: first }, ...settings }).signAccess(ids);
  const previous = { previousSecrets: [first] };
  expect(createTokens({ key: { secret: second, ...previous }, ...settings }).verifyAccess(old)).toMatchObject(ids);
  const privateKeys = privatePem(newKey);
  expect(createTokens({ key: { privateKeys, ...previous }, ...settings }).verifyAccess(old)).toMatchObject(ids);
  for (const key of [{ secret: second }, { privateKeys }]) {
    expect(createTokens({ key, ...settings }).verifyAccess(old)).toBe('auth.invalid');
  }
});

test('the key set shows the public half of each key and nothing else', () => {
  const { keySet, signAccess } = withKeys(privatePem(newKey), privatePem(oldKey));
  expect(keySet.keys).toEqual([
    {
      kty: 'EC',
      crv: 'P-256',
      x: expect.any(String),
      y: expect.any(String),
      kid: keyIdOf(signAccess(ids)),
      alg: 'ES256',
      use: 'sig',
    },
    { kty: 'RSA', n: expect.any(String), e: 'AQAB', kid: expect.any(String), alg: 'RS256', use: 'sig' },
  ]);
  const key = createPublicKey({ key: keySet.keys[0] as never, format: 'jwk' });
  expect(jwt.verify(signAccess(ids), key, { algorithms: ['ES256'] })).toMatchObject({ sub: ids.userId, aud: 'soko' });
});

test('a key is named by its thumbprint', () => {
  const { n, e } = oldKey.export({ format: 'jwk' });
  const thumbprint = createHash('sha256')
    .update(JSON.stringify({ e, kty: 'RSA', n }))
    .digest('base64url');
  expect(keyIdOf(withKeys(privatePem(oldKey)).signAccess(ids))).toBe(thumbprint);
});

test('with a secret the key set is empty', () => {
  const tokens = createTokens({ key: { secret: 'a-secret-of-at-least-32-characters!!' }, ...settings });
  expect(tokens.keySet).toEqual({ keys: [] });
});

test('line ends of a key may be written as in a variable', () => {
  expect(withKeys(privatePem(newKey).replaceAll('\n', String.raw`\n`)).verifyAccess).toBeTypeOf('function');
});

test.each([
  ['an RSA key of 1024 bits', () => privatePem(rsaKey(1_024)), '1024 bits'],
  ['a key on another curve', () => privatePem(ecKey('P-384')), 'secp384r1'],
  ['a key of another kind', () => privatePem(generateKeyPairSync('ed25519').privateKey), 'ed25519'],
  ['an RSA-PSS key', () => privatePem(generateKeyPairSync('rsa-pss', { modulusLength: 2_048 }).privateKey), 'rsa-pss'],
  ['a weak key that only verifies', () => privatePem(newKey) + publicPem(rsaKey(1_024)), 'key 2'],
  ['a public key that should sign', () => publicPem(newKey), 'must be a private one'],
  ['a key twice', () => privatePem(newKey) + publicPem(newKey), 'given twice'],
  ['half a key', () => privatePem(newKey).slice(0, 100), 'cut off'],
  [
    'a damaged key',
    () =>
      privatePem(newKey)
        .replaceAll(/[A-Z]{3}/g, 'AAA')
        .replaceAll('AAAIN', 'BEGIN'),
    'PEM',
  ],
  ['no key', () => 'secret', 'no PEM block'],
])('%s is refused at the start, by name and without telling the key', (_name, make, told) => {
  const privateKeys = make();
  const start = () => bindPorts(readConfig({ JWT_PRIVATE_KEY: privateKeys }), { clock: { offsetMs: 0 } } as never);
  expect(start).toThrow(ConfigError);
  expect(start).toThrow(told);
  expect(() => createTokens({ key: { privateKeys }, ...settings })).toThrow(KeyError);
  expect(start).not.toThrow(privateKeys.slice(40, 80) || 'MII');
});

test('a short secret is refused at the start', () => {
  const start = () => bindPorts(readConfig({ JWT_PREVIOUS_SECRETS: 'short' }), { clock: { offsetMs: 0 } } as never);
  expect(start).toThrow('JWT_PREVIOUS_SECRETS: a secret needs 32 bytes or more');
});

test('production takes no secret that everybody knows, for tokens or for links to files', () => {
  const known = 'soko-development-secret-change-me-now';
  const start = (more: object) => () => readConfig({ NODE_ENV: 'production', ...more });
  expect(start({ JWT_PRIVATE_KEY: privatePem(newKey) })).toThrow('JWT_SECRET');
  expect(start({ JWT_SECRET: 'x'.repeat(32), JWT_PREVIOUS_SECRETS: known })).toThrow('JWT_PREVIOUS_SECRETS');
});

test('the bot of the number must be that of the token', () => {
  const token = { TELEGRAM_BOT_TOKEN: '123456:AAE-token-of-a-bot-that-is-not-there' };
  expect(() => readConfig({ ...token, TELEGRAM_BOT_ID: '123457' })).toThrow(ConfigError);
  expect(() => readConfig({ ...token, TELEGRAM_BOT_ID: '123456' })).not.toThrow();
  expect(() => readConfig({ TELEGRAM_BOT_TOKEN: 'not a token' })).toThrow('TELEGRAM_BOT_TOKEN');
});

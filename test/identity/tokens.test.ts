import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { expect, test } from 'vitest';
import { createTokens } from '../../src/domain/identity/index.ts';
import { newId, type SessionId, type UserId } from '../../src/domain/kernel/index.ts';

const secret = 'a-secret-of-at-least-32-characters!!';
const ids = { userId: newId<UserId>(), sessionId: newId<SessionId>() };
const settings = { accessTtlMs: 900_000, refreshTtlMs: 1, clock: { offsetMs: 0 } };

const pem = ({ privateKey }: { privateKey: KeyObject }) => String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
const rsa = pem(generateKeyPairSync('rsa', { modulusLength: 2048 }));
const ec = pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }));

test.each([
  ['HS256', { secret }],
  ['RS256', { privateKey: rsa }],
  ['ES256', { privateKey: ec }],
] as const)('a token signed with %s reads back, and says so in its header', (algorithm, key) => {
  const tokens = createTokens({ key, ...settings });
  const token = tokens.signAccess(ids);
  expect(tokens.verifyAccess(token)).toMatchObject(ids);
  expect(jwt.decode(token, { complete: true })?.header.alg).toBe(algorithm);
});

test('a token expires with the clock of the market, not before', () => {
  const clock = { offsetMs: 0 };
  const tokens = createTokens({ key: { secret }, ...settings, clock });
  const token = tokens.signAccess(ids);
  clock.offsetMs = 899_000;
  expect(tokens.verifyAccess(token)).toMatchObject(ids);
  clock.offsetMs = 901_000;
  expect(tokens.verifyAccess(token)).toBe('auth.expired');
});

const claims = { sub: ids.userId, sid: ids.sessionId, iss: 'soko', exp: 4_000_000_000 };
test.each([
  ['signed with another secret', jwt.sign(claims, 'another-secret-of-at-least-32-characters')],
  ['not signed at all', jwt.sign(claims, '', { algorithm: 'none' })],
  ['signed with another algorithm', jwt.sign(claims, secret, { algorithm: 'HS512' })],
  ['of another issuer', jwt.sign({ ...claims, iss: 'elsewhere' }, secret)],
  ['without a session', jwt.sign({ ...claims, sid: undefined }, secret)],
  ['with a subject that is no id', jwt.sign({ ...claims, sub: 'admin' }, secret)],
  ['that is noise', 'a.b.c'],
  ['that is empty', ''],
])('a token %s is invalid', (_name, token) => {
  expect(createTokens({ key: { secret }, ...settings }).verifyAccess(token)).toBe('auth.invalid');
});

test('a public key is no secret: an RS256 verifier refuses an HS256 token made with it', () => {
  const tokens = createTokens({ key: { privateKey: rsa }, ...settings });
  expect(tokens.verifyAccess(jwt.sign(claims, secret))).toBe('auth.invalid');
});

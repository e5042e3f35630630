import { createHmac, createPublicKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { authenticateMany, createTokens, type Tokens } from '../../src/domain/identity/index.ts';
import { newId, type SessionId, type UserId } from '../../src/domain/kernel/index.ts';
import { createHarness, type Harness } from '../support/harness.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness();
});
afterAll(() => market.close());

const secret = 'a-secret-of-at-least-32-characters!!';
const ids = { userId: newId<UserId>(), sessionId: newId<SessionId>() };
const settings = { accessTtlMs: 900_000, refreshTtlMs: 1, clock: { offsetMs: 0 } };
const pem = (key: KeyObject) => String(key.export({ type: 'pkcs8', format: 'pem' }));
const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const now = Math.floor(Date.now() / 1000);
const claims = { iss: 'soko', aud: 'soko', sub: ids.userId, sid: ids.sessionId, iat: now, exp: now + 900 };

type Forge = (genuine: string) => string;
const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const headerOf = (token: string) => jwt.decode(token, { complete: true })?.header as unknown as Record<string, unknown>;
const [first, second] = [(token: string) => token.split('.')[0] ?? '', (token: string) => token.split('.')[1] ?? ''];
const third = (token: string) => token.split('.')[2] ?? '';
/** The genuine signature under another header, or under other claims. */
const withHeader = (token: string, more: object) =>
  `${encode({ ...headerOf(token), ...more })}.${second(token)}.${third(token)}`;
const withPayload = (token: string, payload: unknown) => `${first(token)}.${encode(payload)}.${third(token)}`;
const hmac = (message: string, key: string | Buffer) => createHmac('sha256', key).update(message).digest('base64url');
const signedBy = (key: string | Buffer, header: unknown, payload: unknown) => {
  const message = `${encode(header)}.${encode(payload)}`;
  return `${message}.${hmac(message, key)}`;
};
const any = <T>(items: readonly T[]): T => items[Math.floor(Math.random() * items.length)] as T;

const publicForms = [rsa, ec].flatMap(({ publicKey }) => [
  String(publicKey.export({ type: 'spki', format: 'pem' })),
  String(publicKey.export({ type: 'spki', format: 'pem' })).trim(),
  publicKey.export({ type: 'spki', format: 'der' }),
  JSON.stringify(publicKey.export({ format: 'jwk' })),
  ...(publicKey === rsa.publicKey ? [String(publicKey.export({ type: 'pkcs1', format: 'pem' }))] : []),
]);
const strangers = {
  RS256: generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey,
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
};
const keyIds = [
  '../../../../dev/null',
  "x' union select 'key",
  '/etc/passwd',
  '',
  0,
  null,
  ['a'],
  { $ne: '' },
  '\u0000',
];
const wrongClaims: Record<string, unknown>[] = [
  { iss: 'https://elsewhere.example' },
  { iss: ['soko'] },
  { aud: 'elsewhere' },
  { aud: ['soko'] },
  { exp: now - 900 },
  { exp: String(now + 900) },
  { exp: undefined },
  { exp: 1e308 },
  { exp: null },
  { nbf: now + 900 },
  { sub: 'admin' },
  { sub: `${ids.userId} ` },
  { sub: null },
  { sub: [ids.userId] },
  { sid: undefined },
  { sid: { toString: 'x' } },
  { iat: 'yesterday' },
  { iat: -1 },
];

/** Ways to make a token that nobody with a key of ours has signed. Each is another forgery at each call. */
const forgeries: Record<string, Forge> = {
  'a flipped bit': (token) => {
    const bytes = Buffer.from(token);
    const at = Math.floor(Math.random() * bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(Math.random() * 8));
    return bytes.toString('latin1');
  },
  'another last character': (token) =>
    token.slice(0, -1) +
    any([...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'].filter((c) => c !== token.at(-1))),
  'cut off': (token) => token.slice(0, Math.floor(Math.random() * token.length)),
  'something added': (token) => token + any(['.', '=', ' ', '\n', 'A', '.e30', '\u0000', '%00', `.${token}`]),
  'no signature': (token) => `${first(token)}.${second(token)}.`,
  'alg none': (token) => {
    const alg = any(['none', 'None', 'NONE', 'nOnE', '', null]);
    return `${encode({ ...headerOf(token), alg })}.${second(token)}.${any(['', third(token), 'AA'])}`;
  },
  'other claims under a genuine signature': (token) => withPayload(token, { ...claims, sub: newId(), exp: now + 1e6 }),
  'the public key as a secret': (token) =>
    signedBy(any(publicForms), { ...headerOf(token), alg: any(['HS256', 'HS384', 'RS256', 'ES256']) }, claims),
  'the name of a key as a way to another': (token) => {
    const header = { ...headerOf(token), kid: any(keyIds) };
    return any([
      signedBy('', header, claims),
      signedBy(secret.slice(1), header, claims),
      `${encode(header)}.${second(token)}.${third(token)}`,
    ]);
  },
  'a key brought along': (token) => {
    const jwk = createPublicKey(strangers.RS256).export({ format: 'jwk' });
    const header = {
      ...headerOf(token),
      alg: 'RS256',
      ...any([{ jwk }, { jku: 'https://evil.example/jwks.json' }, { x5u: 'https://evil.example' }, { x5c: ['AAAA'] }]),
    };
    return jwt.sign(claims, strangers.RS256, { header });
  },
  "a stranger's key": (token) => {
    const alg = any(['RS256', 'ES256'] as const);
    return jwt.sign(claims, strangers[alg], { header: { ...headerOf(token), alg } });
  },
  'another algorithm of the family': () =>
    jwt.sign(claims, strangers.RS256, { algorithm: any(['RS384', 'RS512', 'PS256'] as const) }),
  'critical extensions': (token) => withHeader(token, { crit: ['b64'], b64: any([true, false]), exp: now }),
  'another type': (token) => withHeader(token, { typ: any(['JWT', 'at+JWT', 'id+jwt', '']) }),
  'shaped as JWE': (token) =>
    `${encode({ alg: 'dir', enc: 'A256GCM', zip: 'DEF' })}..${first(token)}.${second(token)}.${third(token)}`,
  'shaped as JSON': (token) =>
    JSON.stringify({ payload: second(token), signatures: [{ protected: first(token), signature: third(token) }] }),
  'base64 within base64': (token) => `${encode(first(token))}.${encode(second(token))}.${encode(third(token))}`,
  'encoded once more': (token) =>
    any([encode(token), encodeURIComponent(token).replaceAll('.', '%2E'), `"${token}"`, `Bearer ${token}`]),
  'members given twice': (token) =>
    any([
      `${encode(`{"alg":"none",${JSON.stringify(headerOf(token)).slice(1)}`)}.${second(token)}.${third(token)}`,
      withPayload(token, `{"sub":"${newId()}",${JSON.stringify(claims).slice(1)}`),
    ]),
  huge: (token) => withPayload(token, { ...claims, more: 'x'.repeat(1 + Math.floor(Math.random() * 50_000)) }),
  'deeply nested': (token) => withPayload(token, '['.repeat(1_000) + ']'.repeat(1_000)),
  'a zero signature': (token) =>
    `${first(token)}.${second(token)}.${Buffer.alloc(any([32, 64, 256])).toString('base64url')}`,
  'a DER signature of zeros': (token) =>
    `${first(token)}.${second(token)}.${encode('0\u0006\u0002\u0001\u0000\u0002\u0001\u0000')}`,
  noise: () =>
    randomBytes(Math.floor(Math.random() * 400)).toString(any(['base64url', 'latin1', 'utf8', 'hex'] as const)),
  'dots and nothing': () =>
    any(['', '.', '..', '...', '....', '. . .', 'null', '{}', '__proto__.a.b', 'constructor.b.c']),
};

const servers: [string, Tokens][] = [
  ['HS256', createTokens({ key: { secret }, ...settings })],
  ['RS256', createTokens({ key: { privateKeys: pem(rsa.privateKey) }, ...settings })],
  ['ES256', createTokens({ key: { privateKeys: pem(ec.privateKey) }, ...settings })],
  [
    'three keys',
    createTokens({
      key: { privateKeys: pem(ec.privateKey) + pem(rsa.privateKey), previousSecrets: [secret] },
      ...settings,
    }),
  ],
];
const perForgery = 110;

test.each(servers)('of 10,000 forged tokens, in four sets, none passes with %s', (_name, tokens) => {
  let tried = 0;
  for (const [name, forge] of Object.entries(forgeries)) {
    // Signing with RSA is what takes long.
    const genuine = tokens.signAccess(ids);
    for (let turn = 0; turn < perForgery; turn += 1) {
      const forged = forge(genuine);
      if (forged === genuine) continue;
      const verdict = tokens.verifyAccess(forged);
      if (verdict !== 'auth.invalid') throw new Error(`${name} answered ${JSON.stringify(verdict)}: ${forged}`);
      tried += 1;
    }
  }
  expect(tokens.verifyAccess(tokens.signAccess(ids))).toMatchObject(ids);
  expect(tried).toBeGreaterThan(2_600);
});

test('a genuine signature does not make up for what the claims lack', () => {
  const [, tokens] = servers[0] as [string, Tokens];
  const header = { alg: 'HS256', typ: 'at+jwt' };
  expect(tokens.verifyAccess(signedBy(secret, header, claims))).toMatchObject(ids);
  for (const wrong of wrongClaims) {
    expect(tokens.verifyAccess(signedBy(secret, header, { ...claims, ...wrong }))).toMatch(/^auth\.(invalid|expired)$/);
  }
});

test('a session of one person does not go with the name of another', async () => {
  const people = await Promise.all(Array.from({ length: 20 }, () => market.user()));
  const pairs = people.flatMap((one) => people.filter((other) => other !== one).map((other) => [one, other] as const));
  const swapped = pairs.map(([one, other]) =>
    market.tokens.signAccess({ userId: one.actor.userId, sessionId: other.actor.sessionId }),
  );
  const verdicts = await authenticateMany(market.database.fork(), market.tokens, swapped);
  expect(new Set(verdicts)).toEqual(new Set(['auth.invalid']));
  const unknown = market.tokens.signAccess(ids);
  expect(await authenticateMany(market.database.fork(), market.tokens, [unknown])).toEqual(['auth.invalid']);
});

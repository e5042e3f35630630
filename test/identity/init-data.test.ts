import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { expect, test } from 'vitest';
import { verifyInitData } from '../../src/domain/identity/telegram/init-data.ts';
import { signInitData, testBotToken } from '../support/telegram.ts';

const hourMs = 3_600_000;
const at = (seconds: number, laterMs = 0) => ({ now: new Date(seconds * 1000 + laterMs), initDataTtlMs: hourMs });

// The samples of https://docs.telegram-mini-apps.com/platform/init-data, with the tokens printed there, which also
// stand in the tests of init-data-node, init-data-golang and others of github.com/Telegram-Mini-Apps.
const docsUser =
  'user=%7B%22id%22%3A279058397%2C%22first_name%22%3A%22Vladislav%20%2B%20-%20%3F%20%5C%2F%22%2C%22last_name%22%3A%22' +
  'Kibenko%22%2C%22username%22%3A%22vdkfrost%22%2C%22language_code%22%3A%22ru%22%2C%22is_premium%22%3Atrue%2C%22' +
  'allows_write_to_pm%22%3Atrue%2C%22photo_url%22%3A%22https%3A%5C%2F%5C%2Ft.me%5C%2Fi%5C%2Fuserpic%5C%2F320%5C%2F' +
  '4FPEE4tmP3ATHa57u6MqTDih13LTOiMoKoLDRG4PnSA.svg%22%7D&chat_instance=8134722200314281151&chat_type=private';
const hmacSamples = [
  {
    token: '5768337691:AAH5YkoiEuPk8-FZa32hStHTqXiLPtAEhx8',
    authDate: 1_662_771_648,
    initData:
      'query_id=AAHdF6IQAAAAAN0XohDhrOrc&user=%7B%22id%22%3A279058397%2C%22first_name%22%3A%22Vladislav%22%2C%22' +
      'last_name%22%3A%22Kibenko%22%2C%22username%22%3A%22vdkfrost%22%2C%22language_code%22%3A%22ru%22%2C%22' +
      'is_premium%22%3Atrue%7D&auth_date=1662771648' +
      '&hash=c501b71e775f74ce10e377dea85a7ea24ecd640b223ea86dfe453e0eaed2e2b2',
    user: { id: 279_058_397, first_name: 'Vladislav', last_name: 'Kibenko', username: 'vdkfrost', language_code: 'ru' },
  },
  {
    token: '7342037359:AAHI25ES9xCOMPokpYoz-p8XVrZUdygo2J4',
    authDate: 1_733_509_682,
    initData:
      `${docsUser}&auth_date=1733509682` +
      '&signature=TYJxVcisqbWjtodPepiJ6ghziUL94-KNpG8Pau-X7oNNLNBM72APCpi_RKiUlBvcqo5L-LAxIc3dnTzcZX_PDg' +
      '&hash=a433d8f9847bd6addcc563bff7cc82c89e97ea0d90c11fe5729cae6796a36d73',
    user: { id: 279_058_397, first_name: String.raw`Vladislav + - ? /`, username: 'vdkfrost' },
  },
  {
    // aiogram, tests/test_utils/test_web_app.py.
    token: '42:TEST',
    authDate: 1_650_385_342,
    initData:
      'auth_date=1650385342&user=%7B%22id%22%3A42%2C%22first_name%22%3A%22Test%22%7D&query_id=test' +
      '&hash=46d2ea5e32911ec8d30999b56247654460c0d20949b6277af519e76271182803',
    user: { id: 42, first_name: 'Test' },
  },
];
const telegramBot = { botId: '7342037359', environment: 'production' } as const;
const signedSamples = [
  { initData: String(hmacSamples[1]?.initData), authDate: 1_733_509_682, bot: telegramBot },
  {
    initData:
      `${docsUser}&auth_date=1733584787&hash=2174df5b000556d044f3f020384e879c8efcab55ddea2ced4eb752e93e7080d6` +
      '&signature=zL-ucjNyREiHDE8aihFwpfR9aggP2xiAo3NSpfe-p7IbCisNlDKlo7Kb6G4D0Ao2mBrSgEk4maLSdv6MLIlADQ',
    authDate: 1_733_584_787,
    bot: telegramBot,
  },
  {
    // aiogram, tests/test_utils/test_web_app_signature.py, with the public key there.
    initData:
      'auth_date=1650385342&user=%7B%22id%22%3A42%2C%22first_name%22%3A%22Test%22%7D&query_id=test' +
      '&signature=JQ0JR2tjC65yq_jNZV0wuJVX6J-SWPMV0mprUXG34g-NvxL4RcF1Rz5n4VVo00VRghEUBf5t___uoeb1-jU_Cw',
    authDate: 1_650_385_342,
    bot: {
      botId: '42',
      environment: 'test',
      publicKey: ed25519('4112765021341e5415e772cd65903f6b94e3ea1c2ab669e6d3e18ee2db00da61'),
    } as const,
  },
];

function ed25519(hex: string) {
  const x = Buffer.from(hex, 'hex').toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}

test.each(hmacSamples)('the published sample of $authDate holds with the token of its bot', (sample) => {
  const { initData, token, authDate, user } = sample;
  expect(verifyInitData(initData, { bot: { token }, ...at(authDate) })?.user).toMatchObject(user);
  expect(verifyInitData(initData, { bot: { token: `${token}x` }, ...at(authDate) })).toBeNull();
});

test.each(signedSamples)("the published sample of $authDate holds with Telegram's signature", (sample) => {
  const { initData, authDate, bot } = sample;
  expect(verifyInitData(initData, { bot, ...at(authDate) })?.user.id).toBeTypeOf('number');
  expect(verifyInitData(initData, { bot: { ...bot, botId: '1' }, ...at(authDate) })).toBeNull();
  expect(verifyInitData(initData, { bot: { botId: bot.botId, environment: 'test' }, ...at(authDate) })).toBeNull();
});

test('the key of the test environment is another', () => {
  const { initData, authDate } = signedSamples[1] as (typeof signedSamples)[number];
  expect(verifyInitData(initData, { bot: { ...telegramBot, environment: 'test' }, ...at(authDate) })).toBeNull();
});

const authDate = 1_790_000_000;
const bot = { token: testBotToken };
const check = (initData: string, laterMs = 0) => verifyInitData(initData, { bot, ...at(authDate, laterMs) });

test('initData is good for an hour, and half a minute before its time', () => {
  const initData = signInitData({ authDate });
  for (const good of [0, hourMs, -30_000]) expect(check(initData, good)).not.toBeNull();
  for (const bad of [hourMs + 1, -30_001, 10 * hourMs, -10 * hourMs]) expect(check(initData, bad)).toBeNull();
});

test('the fingerprint is that of what is signed, whichever way it is written', () => {
  const initData = signInitData({ authDate });
  const pairs = initData.split('&');
  const rewritten = [
    pairs.toReversed().join('&'),
    initData.replaceAll('+', '%20'),
    initData.replaceAll('%22', '"'),
    `&&${initData}&`,
    `?${initData}`,
  ];
  const seen = new Set([initData, ...rewritten].map((text) => check(text)?.fingerprint));
  expect([...seen]).toEqual([expect.any(String)]);
  expect(check(signInitData({ authDate }))?.fingerprint).not.toBe(check(initData)?.fingerprint);
});

test.each([
  ['a field given twice', { more: {} }, (text: string) => `${text}&query_id=other`],
  ['the hash given twice', {}, (text: string) => `${text}&hash=${'0'.repeat(64)}`],
  [
    'a hash in capitals',
    {},
    (text: string) => text.replace(/hash=.+/, (hash) => hash.toUpperCase().replace('HASH', 'hash')),
  ],
  ['fields run together', {}, (text: string) => text.replace('&query_id=', '%0Aquery_id%3D')],
  ['a user who is a bot', { user: { is_bot: true } }, String],
  ['a user without a number', { user: { id: '1' } }, String],
  ['a user with a number beyond what is exact', { user: { id: 2 ** 53 } }, String],
  ['a user with the number of a group', { user: { id: -100 } }, String],
  ['a user without a name', { user: { first_name: undefined } }, String],
  ['a user that is no JSON', { more: { user: '{' } }, String],
  ['a user that is a list', { more: { user: '[]' } }, String],
  ['a field with a strange name', { more: { 'a=b': 'c' } }, String],
  ['a line end in a field', { more: { start_param: 'a\nb' } }, String],
  ['more than 8 KiB', { more: { start_param: 'a'.repeat(8_192) } }, String],
  ['a date with a fraction', { more: { auth_date: `${authDate}.0` } }, String],
  ['a date in hexadecimal', { more: { auth_date: '0x6ab13b80' } }, String],
  ['a date without a value', { more: { auth_date: '' } }, String],
])('%s is refused, although it is signed', (_name, parts, change) => {
  expect(check(signInitData({ authDate }))).not.toBeNull();
  expect(check(change(signInitData({ authDate, ...parts })))).toBeNull();
});

const any = <T>(items: readonly T[]): T => items[Math.floor(Math.random() * items.length)] as T;
const { privateKey } = generateKeyPairSync('ed25519');
const forgeries: Record<string, (genuine: string) => string> = {
  'a flipped bit': (text) => {
    const fields = new URLSearchParams(text);
    const key = any([...fields.keys()]);
    const bytes = Buffer.from(fields.get(key) ?? '');
    const index = Math.floor(Math.random() * bytes.length);
    bytes[index] = (bytes[index] ?? 0) ^ (1 << Math.floor(Math.random() * 8));
    fields.set(key, bytes.toString('latin1'));
    return String(fields);
  },
  'another user': (text) =>
    text.replace(
      /user=[^&]+/,
      `user=${encodeURIComponent(JSON.stringify({ id: Math.ceil(Math.random() * 1e9), first_name: 'X' }))}`,
    ),
  'a later date': (text) => text.replace(/auth_date=\d+/, `auth_date=${authDate - Math.ceil(Math.random() * 3_000)}`),
  'a field taken away': (text) => {
    const pairs = text.split('&');
    return pairs.toSpliced(Math.floor(Math.random() * pairs.length), 1).join('&');
  },
  'a field added': (text) => `${text}&${any(['a', 'receiver', 'chat', '__proto__', 'constructor'])}=${Math.random()}`,
  'cut off': (text) => text.slice(0, Math.floor(Math.random() * text.length)),
  "another bot's": () =>
    signInitData({ authDate, token: `${Math.ceil(Math.random() * 1e9)}:AAE-another-token-of-another-bot` }),
  'the scheme of the login widget': (text) => text.replace(/hash=.+/, `hash=${'ab'.repeat(32)}`),
  'an empty or strange hash': (text) =>
    text.replace(
      /hash=.+/,
      `hash=${any(['', '0', 'é'.repeat(64), '0'.repeat(63), '0'.repeat(65), '%00'.repeat(64), 'null'])}`,
    ),
  'a signature of somebody else': (text) => {
    const fields = new URLSearchParams(text);
    const message = [...fields]
      .filter(([key]) => key !== 'hash')
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map((pair) => pair.join('='))
      .join('\n');
    fields.set(
      'signature',
      sign(null, Buffer.from(`7342037359:WebAppData\n${message}`), privateKey).toString('base64url'),
    );
    fields.set('hash', '0'.repeat(64));
    return String(fields);
  },
  'encoded once more': (text) =>
    any([encodeURIComponent(text), Buffer.from(text).toString('base64'), JSON.stringify({ initData: text })]),
  noise: () =>
    any([
      '',
      '&',
      '=',
      '&&==',
      'hash=',
      'hash=&user=',
      '%',
      '%zz=%zz',
      '\u0000',
      'user=null&hash=null&auth_date=0',
      '{}',
      '[]',
    ]),
};

test('10,000 forged initData are refused, by the token and by the signature, and none throws', () => {
  const bySignature = { bot: telegramBot, ...at(authDate) };
  let tried = 0;
  for (const [name, forge] of Object.entries(forgeries)) {
    const launches = Array.from({ length: 5 }, () => signInitData({ authDate }));
    for (let turn = 0; turn < 850; turn += 1) {
      const genuine = any(launches);
      const forged = forge(genuine);
      if (forged === genuine) continue;
      if (check(forged) || verifyInitData(forged, bySignature)) throw new Error(`${name} passed: ${forged}`);
      tried += 1;
    }
  }
  expect(tried).toBeGreaterThan(10_000);
});

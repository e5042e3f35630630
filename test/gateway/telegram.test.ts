import { afterAll, beforeAll, expect, test } from 'vitest';
import { telegramPort } from '../../src/domain/identity/index.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { connectTo, RefusedError, type TestSocket } from '../support/test-socket.ts';
import { newTelegramId, signInitData, testBotToken } from '../support/telegram.ts';

let server: TestServer;
const sockets: TestSocket[] = [];
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(async () => {
  for (const { socket } of sockets) socket.close();
  await server.close();
});

const agent = { 'user-agent': 'Telegram/11' };
function open(auth: object, headers: Record<string, string> = agent): TestSocket {
  const socket = connectTo(server.url, auth, headers);
  sockets.push(socket);
  return socket;
}

async function refusal(auth: object): Promise<any> {
  const error: unknown = await open(auth).ready.then(
    () => 'let in',
    (refused: unknown) => refused,
  );
  if (!(error instanceof RefusedError)) throw new Error(`expected a refusal, got ${String(error)}`);
  return error.data;
}

test('initData lets its person in, and ready hands over tokens for the next connection', async () => {
  const first = open({ telegram: signInitData({ user: { first_name: 'Neema' } }) });
  const { user, sessionId, tokens, inbox, expiresAt } = await first.ready;
  expect(tokens).toEqual({
    accessToken: expect.any(String),
    refreshToken: expect.any(String),
    tokenType: 'Bearer',
    expiresIn: 900,
  });
  expect(inbox).toMatchObject({ head: 0 });
  expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now());
  expect(await first.ok('users.me')).toMatchObject({ id: user.id, fullName: 'Neema', telegramLinked: true });
  const again = await open({ token: tokens.accessToken }).ready;
  expect(again).toMatchObject({ user: { id: user.id }, sessionId });
  expect(again).not.toHaveProperty('tokens');
  await first.ok('sessions.refresh', { refreshToken: tokens.refreshToken });
});

test('whoever lost the answer gets the same session, over the socket or over HTTP', async () => {
  const initData = signInitData();
  const first = await open({ telegram: initData }).ready;
  const second = await open({ telegram: initData }).ready;
  expect(second.sessionId).toBe(first.sessionId);
  expect(second.tokens.refreshToken).not.toBe(first.tokens.refreshToken);
  server.harness.clock.offsetMs = 61_000;
  const late = await refusal({ telegram: initData });
  server.harness.clock.offsetMs = 0;
  expect(late).toMatchObject({ code: 'auth.invalid', retry: 'never' });
});

test('forged initData is refused', async () => {
  for (const telegram of [signInitData({ token: `${testBotToken}x` }), 'query_id=1', 'x'.repeat(8_193)]) {
    expect(await refusal({ telegram })).toMatchObject({ code: 'auth.invalid' });
  }
});

test('the suspended are told so', async () => {
  const user = { id: newTelegramId() };
  const { user: made } = await open({ telegram: signInitData({ user }) }).ready;
  const connection = server.harness.database.orm.em.getConnection();
  await connection.execute(`update account set suspended_at = now() where id = '${made.id}'`);
  expect(await refusal({ telegram: signInitData({ user }) })).toMatchObject({ code: 'auth.suspended' });
});

test('a token goes before initData, which stays unused', async () => {
  const asha = await server.harness.user();
  const telegram = signInitData();
  const ready = await open({ token: asha.token, telegram }).ready;
  expect(ready.user.id).toBe(asha.id);
  expect(ready).not.toHaveProperty('tokens');
  expect((await open({ telegram }).ready).user.id).not.toBe(asha.id);
});

test('without a bot nobody comes in so', async () => {
  const { ports } = server.harness;
  const settings = ports.get(telegramPort);
  ports.bind(telegramPort, { ...settings, bot: null });
  expect(await refusal({ telegram: signInitData() })).toMatchObject({ code: 'auth.invalid' });
  ports.bind(telegramPort, settings);
});

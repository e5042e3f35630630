import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Outcome, Parcel } from '../../src/domain/outbox/channel.ts';
import { enqueueMessage, type Channel, type Sender } from '../../src/domain/outbox/index.ts';
import { createHarness, system, type Harness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { bindSenders, postCode, stored, within } from './post.ts';

const minuteMs = 60_000;

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());
beforeEach(async () => {
  await market.database.orm.em.getConnection().execute('delete from outgoing_message');
});

/** A provider of which each test says how it behaves. */
function provider(answer: (parcel: Parcel) => Promise<Outcome> = async () => ({ kind: 'sent' })) {
  const parcels: Parcel[] = [];
  const sender: Sender = {
    send(parcel) {
      parcels.push(parcel);
      return answer(parcel);
    },
  };
  return { sender, parcels };
}

const run = (channel: Channel) => market.runJob(`outbox.${channel}`);

/** Takes the messages and dies before their outcome is recorded. */
const claimAndDie = (channel: Channel) => market.ok(system, 'outbox.claim', { channel });

test('a message is sent once for its fact, and its code is forgotten', async () => {
  const { sender, parcels } = provider();
  const { told } = bindSenders(market, { email: sender });
  const key = await postCode(market);
  await postCode(market, { onceKey: key });
  await run('email');
  await run('email');
  expect(parcels).toMatchObject([{ recipient: 'amina@example.test', written: { title: 'Your code' } }]);
  expect(parcels[0]?.written.body).toContain('482913');
  expect(await stored(market, key)).toMatchObject({ state: 'sent', params: {}, attempts: 1 });
  expect(told).toMatchObject([{ channel: 'email', outcome: 'sent' }]);
  expect(told[0]?.lateMs).toBeLessThan(60_000);
});

test('three workers at once send each message once', async () => {
  const { sender, parcels } = provider();
  bindSenders(market, { email: sender });
  await Promise.all(Array.from({ length: 30 }, () => postCode(market)));
  await Promise.all([run('email'), run('email'), run('email')]);
  await run('email');
  expect(parcels).toHaveLength(30);
  expect(new Set(parcels.map(({ id }) => id)).size).toBe(30);
});

test('putting a message in the outbox asks its channel’s job to run', async () => {
  const { nudged } = await within(market, async (tx) =>
    enqueueMessage(tx, {
      channel: 'sms',
      recipient: '+254700000001',
      userId: null,
      locale: 'sw',
      template: 'otp.code',
      params: { code: '111111', minutes: 5 },
      onceKey: crypto.randomUUID(),
      expiresAt: new Date(Date.now() + minuteMs),
    }),
  );
  expect(nudged.map(({ name }) => name)).toEqual(['outbox.sms']);
});

test.each([
  ['email', 'otp.code', 2],
  ['telegram', 'otp.code', 2],
  ['sms', 'otp.code', 2],
  ['sms', 'account.deleted', 1],
] as const)(
  'by %s, %s is tried at most %i times when nobody knows what became of it',
  async (channel, template, times) => {
    const { sender, parcels } = provider(async () => {
      throw new Error('connection reset');
    });
    bindSenders(market, { [channel]: sender });
    const params = template === 'otp.code' ? { code: '1', minutes: 1 } : { at: new Date().toISOString() };
    const expiresAt = new Date(Date.now() + market.clock.offsetMs + 3_600_000);
    const key = await postCode(market, { channel, template, params, expiresAt } as never);
    for (let attempt = 0; attempt < 4; attempt += 1) {
      await run(channel);
      market.clock.offsetMs += minuteMs;
    }
    expect(parcels).toHaveLength(times);
    expect(new Set(parcels.map(({ id }) => id)).size).toBe(1);
    expect(await stored(market, key)).toMatchObject({ state: 'failed', params: {} });
  },
);

test('a crash between sending and recording repeats a code once, and nothing more', async () => {
  const { sender, parcels } = provider();
  bindSenders(market, { email: sender });
  const key = await postCode(market);
  await claimAndDie('email');
  await run('email');
  expect(parcels).toHaveLength(0);
  market.clock.offsetMs += 3 * minuteMs;
  await run('email');
  market.clock.offsetMs += minuteMs;
  await run('email');
  await run('email');
  expect(parcels).toHaveLength(1);
  expect(await stored(market, key)).toMatchObject({ state: 'sent', attempts: 2, doubts: 1 });
});

test('a crash never repeats an SMS that costs money without being a code', async () => {
  const { sender, parcels } = provider();
  bindSenders(market, { sms: sender });
  const expiresAt = new Date(Date.now() + market.clock.offsetMs + 3_600_000);
  const params = { at: new Date().toISOString() };
  const key = await postCode(market, { channel: 'sms', template: 'account.deleted', params, expiresAt } as never);
  await claimAndDie('sms');
  market.clock.offsetMs += 3 * minuteMs;
  await run('sms');
  expect(parcels).toHaveLength(0);
  expect(await stored(market, key)).toMatchObject({ state: 'failed', doubts: 1 });
});

test('an answer that comes after its claim has ended still counts as sent', async () => {
  bindSenders(market, {});
  const key = await postCode(market);
  const { messages } = await claimAndDie('email');
  market.clock.offsetMs += 3 * minuteMs;
  await claimAndDie('email');
  const sent = { messageId: messages[0].id, attempt: 1, outcome: { kind: 'sent' } };
  await market.ok(system, 'outbox.record', sent);
  expect(await stored(market, key)).toMatchObject({ state: 'sent' });
  const late = { ...sent, outcome: { kind: 'failed', reason: 'a stale word' } };
  await market.ok(system, 'outbox.record', late);
  expect(await stored(market, key)).toMatchObject({ state: 'sent', last_error: null });
});

test('retries wait ever longer, and as long as the provider asks', async () => {
  let afterMs = 0;
  const { sender } = provider(async () => ({ kind: 'retry', reason: '503', ...(afterMs ? { afterMs } : {}) }));
  bindSenders(market, { email: sender });
  const key = await postCode(market, { expiresAt: new Date(Date.now() + market.clock.offsetMs + 3_600_000) });
  let ranAt = performance.now();
  await run('email');
  const first = (await stored(market, key)).due_in_ms;
  expect(first + performance.now() - ranAt).toBeGreaterThan(3_000);
  expect(first).toBeLessThan(10_001);
  market.clock.offsetMs += 10_000;
  ranAt = performance.now();
  await run('email');
  const second = (await stored(market, key)).due_in_ms;
  expect(second + performance.now() - ranAt).toBeGreaterThan(8_000);
  expect(second).toBeLessThan(20_001);
  market.clock.offsetMs += 20_000;
  afterMs = 600_000;
  await run('email');
  expect((await stored(market, key)).due_in_ms).toBeGreaterThan(590_000);
});

test('a code that expired while its provider was away is not sent any more', async () => {
  const { sender, parcels } = provider(async () => ({ kind: 'retry', reason: '503' }));
  const { told } = bindSenders(market, { email: sender });
  const key = await postCode(market);
  await run('email');
  market.clock.offsetMs += 11 * minuteMs;
  await run('email');
  expect(parcels).toHaveLength(1);
  expect(await stored(market, key)).toMatchObject({ state: 'expired', params: {} });
  expect(told).toContainEqual({ channel: 'email', outcome: 'expired' });
});

test('a provider that hangs is left after its time, and holds up no other channel', async () => {
  const slow = provider(() => new Promise(() => {}));
  const quick = provider();
  bindSenders(market, { email: slow.sender, sms: quick.sender }, 1_000);
  const [mail, sms] = [await postCode(market), await postCode(market, { channel: 'sms', recipient: '+254700000001' })];
  const mailing = run('email');
  await run('sms');
  expect(await stored(market, sms)).toMatchObject({ state: 'sent' });
  expect(await stored(market, mail)).toMatchObject({ state: 'sending' });
  await mailing;
  expect(await stored(market, mail)).toMatchObject({ state: 'queued', doubts: 1, last_error: 'timed out' });
});

test('a refused address is remembered until something reaches it', async () => {
  let outcome: Outcome = { kind: 'unreachable', reason: '550 no such user' };
  const { sender } = provider(async () => outcome);
  bindSenders(market, { email: sender });
  const recipient = `${crypto.randomUUID()}@example.test`;
  const refusals = async () =>
    market.database.orm.em
      .getConnection()
      .execute<unknown[]>('select reason from unreachable_recipient where recipient = ?', [recipient]);
  const key = await postCode(market, { recipient });
  await run('email');
  expect(await stored(market, key)).toMatchObject({ state: 'unreachable', params: {} });
  expect(await refusals()).toEqual([{ reason: '550 no such user' }]);
  outcome = { kind: 'sent' };
  await postCode(market, { recipient });
  await run('email');
  expect(await refusals()).toEqual([]);
});

test('a channel without a provider, and a text that cannot be written, fail the message and nothing else', async () => {
  const { sender, parcels } = provider();
  const { unwritten } = bindSenders(market, { email: sender });
  const nowhere = await postCode(market, { channel: 'telegram', recipient: '1' });
  const odd = await postCode(market, { template: 'no.such' as never });
  const bare = await postCode(market, { params: { minutes: 10 } as never });
  const good = await postCode(market);
  await run('telegram');
  await run('email');
  for (const key of [nowhere, odd, bare]) expect(await stored(market, key)).toMatchObject({ state: 'failed' });
  expect(await stored(market, good)).toMatchObject({ state: 'sent' });
  expect(unwritten.toSorted()).toEqual(['no.such', 'otp.code']);
  expect(parcels).toHaveLength(1);
});

test('ended messages are deleted after 30 days, waiting ones stay', async () => {
  bindSenders(market, { email: provider().sender });
  const ended = await postCode(market);
  await run('email');
  market.clock.offsetMs += 31 * 24 * 60 * minuteMs;
  const waiting = await postCode(market);
  await market.runJob('outbox.prune');
  expect(await stored(market, ended)).toBeUndefined();
  expect(await stored(market, waiting)).toMatchObject({ state: 'queued' });
});

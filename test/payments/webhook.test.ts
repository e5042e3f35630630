import { afterAll, beforeAll, expect, test } from 'vitest';
import { sign } from '../../src/domain/payments/sandbox/signature.ts';
import { system, type Harness } from '../support/harness.ts';
import {
  bankReports,
  confirmAfterMs,
  createMarket,
  pay,
  purchase,
  receive,
  secret,
  travel,
  type Till,
} from './bank.ts';

let market: Harness;
let till: Till;
beforeAll(async () => {
  ({ market, till } = await createMarket());
});
afterAll(() => market.close());

const now = () => Date.now() + market.clock.offsetMs;
const signed = (body: string, atMs = now(), key = secret) => ({ 'soko-signature': sign(body, { secret: key, atMs }) });

async function stored(eventId: string): Promise<{ outcome: string; reason: string | null }[]> {
  const rows = await market.database.orm.em
    .getConnection()
    .execute('select outcome, reason from provider_event where event_id = ?', [eventId]);
  return rows as never;
}

/** What the bank would report of a charge that has been captured. */
async function capturedBody(paymentId: string, eventId: string, change: Record<string, unknown> = {}): Promise<string> {
  const charge = await till.bank.find(paymentId);
  const captures = [{ id: `cap_${charge?.id}`, amountMinor: charge?.amountMinor }];
  return JSON.stringify({ id: eventId, charge: { ...charge, status: 'captured', captures, ...change } });
}

test('a message that comes many times at once is applied once', async () => {
  till.behaviour = 'duplicate';
  const bought = await purchase(market, { quantity: 5 });
  const paymentId = await pay(market, bought);
  travel(market, confirmAfterMs + 1);
  expect(await till.bank.deliverDue()).toBe(3);
  await Promise.all([1, 2, 3].map(() => market.runJob('payments.process')));
  till.behaviour = 'succeed';
  const told = (await market.inboxOf(bought.buyer)).filter(({ data }) =>
    ['placed', 'captured'].includes(data.change?.kind),
  );
  expect(told).toHaveLength(2);
  expect(await market.ok(bought.buyer, 'payments.get', { paymentId })).toMatchObject({
    state: 'captured',
    capturedMinor: 2_500,
  });
});

test('an unsigned, forged, altered, old or future message is refused and not stored', async () => {
  const paymentId = await pay(market, await purchase(market));
  const body = await capturedBody(paymentId, 'evt_forged');
  const attempts: Record<string, string>[] = [
    {},
    { 'soko-signature': '' },
    { 'soko-signature': 't=1,v1=00' },
    signed(body, now(), 'another-secret'),
    signed(`${body} `),
    signed(body, now() - 301_000),
    signed(body, now() + 60_000),
  ];
  for (const headers of attempts) {
    const input = { provider: 'sandbox', rawBody: body, headers };
    expect(await market.fails(system, 'payments.receiveWebhook', input)).toBe('payments.webhook_refused');
  }
  for (const shapeless of ['[]', 'not json', '{"id":"evt_forged"}']) {
    const input = { provider: 'sandbox', rawBody: shapeless, headers: signed(shapeless) };
    expect(await market.fails(system, 'payments.receiveWebhook', input)).toBe('payments.webhook_refused');
  }
  expect(
    await market.fails(system, 'payments.receiveWebhook', { provider: 'nobody', rawBody: body, headers: signed(body) }),
  ).toBe('payments.unknown_provider');
  expect(await stored('evt_forged')).toEqual([]);
});

test('a signed message that does not fit its attempt is kept with its reason, and moves nothing', async () => {
  const other = await till.bank.find(await pay(market, await purchase(market)));
  const bought = await purchase(market);
  const paymentId = await pay(market, bought);
  const wrong: [string, Record<string, unknown>][] = [
    ['amount_mismatch', { amountMinor: 1 }],
    [
      'amount_mismatch',
      {
        captures: [
          { id: 'cap_1', amountMinor: 2_500 },
          { id: 'cap_2', amountMinor: 1 },
        ],
      },
    ],
    ['currency_mismatch', { currency: 'KES' }],
    ['ref_mismatch', { id: 'ch_unknown' }],
    ['ref_mismatch', { id: other?.id }],
    ['livemode_mismatch', { livemode: true }],
    ['unknown_payment', { attemptId: crypto.randomUUID() }],
    ['unknown_payment', { attemptId: 'not-an-id' }],
  ];
  till.refusals.length = 0;
  for (const [index, [reason, change]] of wrong.entries()) {
    const body = await capturedBody(paymentId, `evt_wrong_${index}`, change);
    expect(await receive(market, body, signed(body))).toBe(true);
    await market.runJob('payments.process');
    expect(await stored(`evt_wrong_${index}`)).toEqual([{ outcome: 'refused', reason }]);
  }
  expect(till.refusals.map(({ reason }) => reason)).toEqual(wrong.map(([reason]) => reason));
  expect(await market.ok(bought.buyer, 'payments.get', { paymentId })).toMatchObject({
    state: 'processing',
    capturedMinor: 0,
  });
  expect(await market.ok(bought.buyer, 'orders.get', { orderId: bought.orderId })).toMatchObject({
    state: 'awaiting_payment',
  });
});

test('parts of the amount add up, and only the whole pays the order', async () => {
  const bought = await purchase(market);
  const paymentId = await pay(market, bought);
  const parts = [
    { id: 'part_1', amountMinor: 1_000 },
    { id: 'part_2', amountMinor: 1_500 },
  ];
  for (const captures of [parts.slice(0, 1), parts.slice(0, 1), parts.slice(1)]) {
    const body = await capturedBody(paymentId, `evt_part_${crypto.randomUUID()}`, { captures });
    await receive(market, body, signed(body));
    await market.runJob('payments.process');
    const { capturedMinor, state } = await market.ok(bought.buyer, 'payments.get', { paymentId });
    expect([capturedMinor, state]).toEqual(captures[0]?.id === 'part_1' ? [1_000, 'processing'] : [2_500, 'captured']);
  }
});

test('a part goes back when the rest does not come in time, and the rest after it', async () => {
  const bought = await purchase(market);
  const paymentId = await pay(market, bought);
  const parts = [
    { id: 'half_1', amountMinor: 1_000 },
    { id: 'half_2', amountMinor: 1_500 },
  ];
  const tell = async (captures: typeof parts) => {
    const body = await capturedBody(paymentId, `evt_half_${crypto.randomUUID()}`, { captures });
    await receive(market, body, signed(body));
    await market.runJob('payments.process');
  };
  await tell(parts.slice(0, 1));
  travel(market, 900_001);
  await market.runJob('orders.expireUnpaid');
  await market.runJob('payments.settle');
  await tell(parts);
  const rows = await market.database
    .fork()
    .getConnection()
    .execute(`select amount_minor::int as amount from refund where payment_id = ? order by id`, [paymentId]);
  expect(rows).toEqual([{ amount: 1_000 }, { amount: 1_500 }]);
  expect(await market.ok(bought.buyer, 'orders.get', { orderId: bought.orderId })).toMatchObject({
    state: 'payment_expired',
    refund: null,
  });
});

test('reports out of order end in the same state', async () => {
  till.behaviour = 'reorder';
  const bought = await purchase(market);
  const paymentId = await pay(market, bought);
  await bankReports(market, till);
  await bankReports(market, till);
  till.behaviour = 'succeed';
  expect(await stored(`evt_${(await till.bank.find(paymentId))?.id}_processing`)).toMatchObject([
    { outcome: 'ignored' },
  ]);
  expect(await market.ok(bought.buyer, 'payments.get', { paymentId })).toMatchObject({ state: 'captured' });
});

test('a declined payment leaves the order waiting, and another attempt can pay it', async () => {
  till.behaviour = 'decline';
  const bought = await purchase(market);
  const declined = await pay(market, bought);
  await bankReports(market, till);
  till.behaviour = 'succeed';
  expect(await market.ok(bought.buyer, 'payments.get', { paymentId: declined })).toMatchObject({
    state: 'failed',
    failureReason: 'The bank declined the payment.',
  });
  expect(await pay(market, bought)).not.toBe(declined);
  await bankReports(market, till);
  expect(await market.ok(bought.buyer, 'orders.get', { orderId: bought.orderId })).toMatchObject({ state: 'placed' });
});

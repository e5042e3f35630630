import { afterAll, beforeAll, expect, test } from 'vitest';
import { paymentProvidersPort, paymentSettingsPort, type PaymentProvider } from '../../src/domain/payments/index.ts';
import { system, type Harness } from '../support/harness.ts';
import { bankReports, charges, confirmAfterMs, createMarket, pay, purchase, travel, type Till } from './bank.ts';

let market: Harness;
let till: Till;
beforeAll(async () => {
  ({ market, till } = await createMarket());
});
afterAll(() => market.close());

async function started(): Promise<{
  paymentId: string;
  state: () => Promise<string>;
  orderState: () => Promise<string>;
}> {
  const { buyer, groupId, orderId } = await purchase(market);
  const { payment } = await market.ok(buyer, 'payments.start', { orderGroupId: groupId, method: 'sandbox' });
  return {
    paymentId: payment.id,
    state: async () => (await market.ok(buyer, 'payments.get', { paymentId: payment.id })).state,
    orderState: async () => (await market.ok(buyer, 'orders.get', { orderId })).state,
  };
}

/** Lets a changed provider serve while `run` runs. */
async function withProvider(change: Partial<PaymentProvider>, run: () => Promise<void>): Promise<void> {
  market.ports.bind(paymentProvidersPort, new Map([['sandbox', { ...till.provider, ...change }]]));
  await run().finally(() => market.ports.bind(paymentProvidersPort, new Map([['sandbox', till.provider]])));
}

test('starting twice at once makes one attempt', async () => {
  const { buyer, groupId } = await purchase(market);
  const input = { orderGroupId: groupId, method: 'sandbox' };
  const answers = await Promise.all([1, 2, 3, 4].map(() => market.ok(buyer, 'payments.start', input)));
  expect(new Set(answers.map(({ payment }) => payment.id)).size).toBe(1);
});

test('a crash before the call is made good by the next run', async () => {
  const { paymentId, state } = await started();
  const { payments } = await market.ok(system, 'payments.claimSubmissions');
  expect(payments.map(({ id }: { id: string }) => id)).toContain(paymentId);
  await market.runJob('payments.submit');
  expect(await state()).toBe('created');
  travel(market, 61_000);
  await market.runJob('payments.submit');
  expect(await state()).toBe('processing');
  expect(await charges(market, paymentId)).toBe(1);
});

test('a crash after the call does not charge twice', async () => {
  const { paymentId, state } = await started();
  await market.ok(system, 'payments.claimSubmissions');
  await till.provider.start({ attemptId: paymentId, amountMinor: 2_500, currency: 'USD', returnUrl: null });
  travel(market, 61_000);
  await market.runJob('payments.submit');
  expect(await state()).toBe('processing');
  expect(await charges(market, paymentId)).toBe(1);
});

test('two workers at once charge once', async () => {
  const { paymentId } = await started();
  await Promise.all([1, 2, 3].map(() => market.runJob('payments.submit')));
  expect(await charges(market, paymentId)).toBe(1);
});

test('success that is told before the answer to the submission is recorded counts once', async () => {
  const { paymentId, state, orderState } = await started();
  await withProvider(
    {
      async start(charge) {
        const answer = await till.provider.start(charge);
        await bankReports(market, till);
        return answer;
      },
    },
    () => market.runJob('payments.submit'),
  );
  expect(await state()).toBe('captured');
  expect(await orderState()).toBe('placed');
  expect(await charges(market, paymentId)).toBe(1);
});

test('no answer is unknown, not failed; asking a minute later finds the money', async () => {
  till.behaviour = 'timeout';
  till.connected = false;
  const { paymentId, state, orderState } = await started();
  await market.runJob('payments.submit');
  till.behaviour = 'succeed';
  expect(await state()).toBe('unknown');
  expect(till.refusals).toContainEqual({ provider: 'sandbox', eventId: paymentId, reason: 'no_answer' });
  travel(market, confirmAfterMs + 1);
  await till.bank.deliverDue();
  await market.runJob('payments.poll');
  expect(await state()).toBe('unknown');
  travel(market, 60_000);
  await market.runJob('payments.poll');
  till.connected = true;
  expect(await state()).toBe('captured');
  expect(await orderState()).toBe('placed');
});

test('a provider that hangs is left after the time for an answer', async () => {
  const { state } = await started();
  const patient = market.ports.get(paymentSettingsPort);
  market.ports.bind(paymentSettingsPort, { ...patient, callTimeoutMs: 100 });
  await withProvider({ start: () => new Promise(() => {}) }, () => market.runJob('payments.submit')).finally(() =>
    market.ports.bind(paymentSettingsPort, patient),
  );
  expect(await state()).toBe('unknown');
});

test('what the provider has never heard of is submitted again in time, and failed when time is over', async () => {
  const deaf = {
    start: async () => {
      throw new Error('connection refused');
    },
  };
  const first = await started();
  await withProvider(deaf, () => market.runJob('payments.submit'));
  travel(market, 61_000);
  await market.runJob('payments.poll');
  expect(await first.state()).toBe('created');
  await market.runJob('payments.submit');
  expect(await first.state()).toBe('processing');
  const second = await started();
  await withProvider(deaf, () => market.runJob('payments.submit'));
  travel(market, 900_001);
  await market.runJob('payments.poll');
  expect(await second.state()).toBe('failed');
});

test('an outcome whose message is lost is found by asking after five minutes', async () => {
  till.connected = false;
  const bought = await purchase(market);
  const paymentId = await pay(market, bought);
  travel(market, confirmAfterMs + 1);
  await till.bank.deliverDue();
  travel(market, 5 * 60_000);
  await market.runJob('payments.poll');
  till.connected = true;
  expect(await market.ok(bought.buyer, 'payments.get', { paymentId })).toMatchObject({ state: 'captured' });
});

test('only bound methods pay, only waiting orders are paid, one method at a time', async () => {
  const bought = await purchase(market);
  const start = (method: string) =>
    market.fails(bought.buyer, 'payments.start', { orderGroupId: bought.groupId, method });
  expect(await start('card')).toBe('payments.method_unavailable');
  await pay(market, bought);
  await withProvider({ methods: ['sandbox', 'card'] }, async () => {
    expect(await start('card')).toBe('payments.in_progress');
  });
  await bankReports(market, till);
  expect(await start('sandbox')).toBe('payments.not_payable');
});

test('an answer to a call that does not fit its attempt moves nothing, and people hear of it', async () => {
  const { state } = await started();
  till.refusals.length = 0;
  await withProvider(
    {
      async start(charge) {
        const { fact, action } = await till.provider.start(charge);
        return { fact: { ...fact, currency: 'KES' }, action };
      },
    },
    () => market.runJob('payments.submit'),
  );
  expect(await state()).toBe('created');
  expect(till.refusals).toMatchObject([{ provider: 'sandbox', reason: 'currency_mismatch' }]);
});

test('what was refused is looked at again when it is told again, so that a mended setting loses no money', async () => {
  const { state } = await started();
  await market.runJob('payments.submit');
  await withProvider({ livemode: true }, async () => {
    await bankReports(market, till);
    travel(market, 300_001);
    await market.runJob('payments.poll');
  });
  expect(await state()).toBe('processing');
  travel(market, 3_600_001);
  await market.runJob('payments.poll');
  expect(await state()).toBe('captured');
});

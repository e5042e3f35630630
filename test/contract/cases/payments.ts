import { paymentProvidersPort } from '../../../src/domain/payments/index.ts';
import { sign } from '../../../src/domain/payments/sandbox/signature.ts';
import { bankReports, openBank, pay, purchase, secret, type Purchase } from '../../payments/bank.ts';
import { system, type Harness } from '../../support/harness.ts';
import type { AreaCases, OperationCases } from '../cases.ts';

const bySystem = (
  inputOf: (market: Harness) => Promise<Record<string, unknown>> = async () => ({}),
): OperationCases => ({
  success: async (market) => ({ as: system, input: await inputOf(market) }),
});

async function attempt(market: Harness): Promise<Purchase & { paymentId: string }> {
  openBank(market);
  const bought = await purchase(market);
  return { ...bought, paymentId: await pay(market, bought) };
}

/** An attempt that is authorized and waits for its capture. */
async function authorized(market: Harness) {
  const till = openBank(market);
  till.behaviour = 'authorize_only';
  const paymentId = await pay(market, await purchase(market));
  await bankReports(market, till);
  return { as: await market.user({ roles: ['admin'] }), input: { paymentId } };
}

/** What the bank has of a charge. */
async function factOf(market: Harness): Promise<unknown> {
  const { provider } = openBank(market);
  return provider.fetch({ attemptId: await pay(market, await purchase(market)), providerRef: null });
}

const byAdmin: OperationCases = {
  success: async (market) => ({ as: await market.user({ roles: ['admin'] }), input: {} }),
};

async function start(market: Harness, method = 'sandbox') {
  openBank(market);
  const { buyer, groupId, orderId } = await purchase(market);
  return { name: 'payments.start', as: buyer, orderId, input: { orderGroupId: groupId, method } };
}

/** A message of the bank about an attempt, signed now. */
async function webhook(market: Harness, provider = 'sandbox') {
  const { bank } = openBank(market);
  const bought = await purchase(market);
  const charge = await bank.find(await pay(market, bought));
  const rawBody = JSON.stringify({ id: `evt_${crypto.randomUUID()}`, charge });
  const signature = sign(rawBody, { secret, atMs: Date.now() + market.clock.offsetMs });
  return { provider, rawBody, headers: { 'soko-signature': signature } };
}

async function storedEvent(market: Harness): Promise<string> {
  await market.ok(system, 'payments.receiveWebhook', await webhook(market));
  const rows = await market.database
    .fork()
    .getConnection()
    .execute(`select id from provider_event where outcome = 'pending' order by received_at desc limit 1`);
  return (rows as unknown as { id: string }[])[0]!.id;
}

/** The payer's own call, which is unknown to strangers. */
const ofPayer: OperationCases = {
  async success(market) {
    const { buyer, paymentId } = await attempt(market);
    return { as: buyer, input: { paymentId } };
  },
  async wrongActor(market) {
    const { seller, paymentId } = await attempt(market);
    return { as: seller, input: { paymentId }, error: 'payments.not_found' };
  },
};

export const paymentsCases: AreaCases = {
  operations: {
    'payments.start': {
      success: start,
      async wrongActor(market) {
        const { input } = await start(market);
        return { as: await market.user(), input, error: 'orders.not_found' };
      },
    },
    'wallet.topUp': {
      async success(market) {
        openBank(market);
        return { as: await market.user(), input: { amountMinor: 5_000, currency: 'USD', method: 'sandbox' } };
      },
    },
    'payments.bookPast': { success: async () => ({ as: system, input: {} }) },
    'payments.expireTopUps': bySystem(),
    'payments.list': {
      async success(market) {
        const { buyer, groupId } = await attempt(market);
        return { as: buyer, input: { orderGroupId: groupId } };
      },
    },
    'payments.get': ofPayer,
    'payments.cancel': ofPayer,
    'payments.capture': { success: authorized },
    'payments.receiveWebhook': bySystem(webhook),
    'payments.claimEvents': bySystem(),
    'payments.applyEvent': bySystem(async (market) => ({ eventId: await storedEvent(market) })),
    'payments.claimSubmissions': bySystem(),
    'payments.recordSubmission': bySystem(async (market) => {
      const { as, input } = await start(market);
      const { payment } = await market.ok(as, 'payments.start', input);
      return { paymentId: payment.id, answer: null };
    }),
    'payments.claimPolls': bySystem(),
    'payments.recordAnswer': bySystem(async (market) => ({ paymentId: (await attempt(market)).paymentId, fact: null })),
    'payments.claimRefunds': bySystem(),
    'payments.settle': bySystem(),
    'payments.compareCharges': bySystem(async (market) => ({ provider: 'sandbox', facts: [await factOf(market)] })),
    'payments.reconcileCharge': bySystem(async (market) => ({ provider: 'sandbox', fact: await factOf(market) })),
    'payments.findMissingCharges': bySystem(async () => {
      const [since, until] = [86_400_000, 0].map((agoMs) => new Date(Date.now() - agoMs).toISOString());
      return { provider: 'sandbox', since, until, startedAt: until };
    }),
    'payments.reconcile': byAdmin,
    'payments.reconciliation': byAdmin,
  },
  errors: {
    'payments.not_found': async (market) => ({
      name: 'payments.get',
      as: await market.user(),
      input: { paymentId: crypto.randomUUID() },
    }),
    'payments.method_unavailable': (market) => start(market, 'stars'),
    'payments.not_payable': async (market) => {
      const { orderId, ...call } = await start(market);
      await market.ok(call.as, 'orders.cancel', { orderId });
      return call;
    },
    'payments.expired': async (market) => {
      const call = await start(market);
      await market.database
        .fork()
        .getConnection()
        .execute(`update order_group set deadline = deadline - interval '1 day' where id = ?`, [
          call.input.orderGroupId,
        ]);
      return call;
    },
    'payments.in_progress': async (market) => {
      const { provider } = openBank(market);
      const call = await start(market);
      await market.ok(call.as, 'payments.start', call.input);
      market.ports.bind(
        paymentProvidersPort,
        new Map([['sandbox', { ...provider, methods: ['sandbox', 'card'] as const }]]),
      );
      return { ...call, input: { ...call.input, method: 'card' } };
    },
    'payments.insufficient': (market) => start(market, 'wallet'),
    'payments.not_possible': async (market) => {
      const { buyer, paymentId } = await attempt(market);
      await market.ok(buyer, 'payments.cancel', { paymentId });
      return { name: 'payments.cancel', as: buyer, input: { paymentId } };
    },
    'payments.no_answer': async (market) => {
      const { provider } = openBank(market);
      const call = await authorized(market);
      const capture = () => Promise.reject(new Error('no connection'));
      market.ports.bind(paymentProvidersPort, new Map([['sandbox', { ...provider, capture }]]));
      return { name: 'payments.capture', ...call };
    },
    'payments.unknown_provider': async (market) => ({
      name: 'payments.receiveWebhook',
      as: system,
      input: await webhook(market, 'nobody'),
    }),
    'payments.webhook_refused': async (market) => ({
      name: 'payments.receiveWebhook',
      as: system,
      input: { ...(await webhook(market)), headers: {} },
    }),
  },
};

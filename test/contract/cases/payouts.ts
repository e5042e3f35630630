import { payoutSettingsPort } from '../../../src/domain/payouts/index.ts';
import { fill } from '../../ledger/purse.ts';
import { openDesk, sold } from '../../payouts/sold.ts';
import { storeAnswer } from '../../../src/domain/payments/index.ts';
import { system, type Harness, type TestUser } from '../../support/harness.ts';
import { transact } from '../../support/transact.ts';
import type { AreaCases, OperationCases } from '../cases.ts';

const sweep: OperationCases = { success: async () => ({ as: system, input: {} }) };

/** A person with a destination and money. */
async function person(market: Harness): Promise<TestUser> {
  openDesk(market);
  const user = await market.user();
  await market.ok(user, 'payouts.onboard', {});
  await fill(market, user, { amountMinor: 1_000 });
  return user;
}

async function waiting(market: Harness) {
  const seller = await person(market);
  await sold(market, openDesk(market).till, { seller });
  await market.runJob('payouts.make');
  const { items } = await market.ok(seller, 'payouts.list');
  return { seller, payoutId: items[0].id as string };
}

async function processing(market: Harness) {
  const found = await waiting(market);
  const as = await market.user({ roles: ['admin'] });
  await market.ok(as, 'payouts.schedule', { currency: 'USD', sellerId: found.seller.id });
  return found;
}

async function cancel(market: Harness) {
  const { payoutId } = await waiting(market);
  const as = await market.user({ roles: ['admin'] });
  return { name: 'payouts.cancel', as, input: { payoutId, reason: 'The seller asked for it.' } };
}

const withdrawal = (as: TestUser, amountMinor = 400) => ({
  name: 'wallet.withdraw',
  as,
  input: { amountMinor, currency: 'USD' },
});

async function factOf(market: Harness): Promise<string> {
  const { payoutId } = await processing(market);
  const fact = {
    providerRef: `po_${payoutId}`,
    payoutId,
    status: 'paid',
    amountMinor: 2_375,
    currency: 'USD',
    livemode: false,
    failureReason: null,
  } as const;
  const about = { provider: 'sandbox', id: payoutId, subject: 'payout' } as const;
  return (await transact(market, (tx) => storeAnswer(tx, about, fact)))!;
}

/** A market that pays nothing out to banks, for the next one who asks. */
async function withoutBank(market: Harness) {
  const settings = market.ports.get(payoutSettingsPort);
  market.ports.bind(payoutSettingsPort, {
    ...settings,
    get onboarding() {
      market.ports.bind(payoutSettingsPort, settings);
      return null;
    },
  });
  return { name: 'payouts.onboard', as: await market.user(), input: {} };
}

export const payoutsCases: AreaCases = {
  operations: {
    'payouts.onboard': { success: async (market) => ({ as: await market.user(), input: {} }) },
    'payouts.destination': { success: async (market) => ({ as: await person(market), input: {} }) },
    'payouts.list': { success: async (market) => ({ as: (await waiting(market)).seller, input: {} }) },
    'payouts.get': {
      async success(market) {
        const { seller, payoutId } = await waiting(market);
        return { as: seller, input: { payoutId } };
      },
      async wrongActor(market) {
        const { payoutId } = await waiting(market);
        return { as: await market.user(), input: { payoutId }, error: 'payouts.not_found' };
      },
    },
    'orders.statement': {
      async success(market) {
        const { buyer, orderId } = await sold(market, openDesk(market).till);
        return { as: buyer, input: { orderId } };
      },
      async wrongActor(market) {
        const { orderId } = await sold(market, openDesk(market).till);
        return { as: await market.user(), input: { orderId }, error: 'orders.not_found' };
      },
    },
    'transactions.list': {
      success: async (market) => ({ as: (await waiting(market)).seller, input: { as: 'seller' } }),
    },
    'wallet.withdraw': { success: async (market) => withdrawal(await person(market)) },
    'payouts.cancel': { success: cancel },
    'payouts.schedule': {
      async success(market) {
        await waiting(market);
        return { as: await market.user({ roles: ['admin'] }), input: { currency: 'USD' } };
      },
    },
    'payouts.make': sweep,
    'payouts.batch': sweep,
    'payouts.claimSubmissions': sweep,
    'payouts.claimPolls': sweep,
    'payouts.recordAnswer': {
      async success(market) {
        const { payoutId } = await processing(market);
        return { as: system, input: { payoutId, fact: null } };
      },
    },
    'payouts.claimFacts': sweep,
    'payouts.applyFact': { success: async (market) => ({ as: system, input: { eventId: await factOf(market) } }) },
    'ledger.check': sweep,
  },
  errors: {
    'payouts.not_found': async (market) => ({
      name: 'payouts.get',
      as: await market.user(),
      input: { payoutId: crypto.randomUUID() },
    }),
    'payouts.not_pending': async (market) => {
      const call = await cancel(market);
      await market.ok(call.as, call.name, call.input);
      return call;
    },
    'payouts.unavailable': withoutBank,
    'payouts.no_destination': async (market) => withdrawal(await market.user()),
    'wallet.below_minimum': async (market) => withdrawal(await person(market), 99),
    'wallet.too_many_withdrawals': async (market) => {
      const call = withdrawal(await person(market), 100);
      for (let made = 0; made < 5; made += 1) await market.ok(call.as, call.name, call.input);
      return call;
    },
    'wallet.daily_limit': async (market) => withdrawal(await person(market), 100_000_001),
    'wallet.insufficient': async (market) => withdrawal(await person(market), 1_001),
  },
};

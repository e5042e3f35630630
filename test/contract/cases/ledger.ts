import { fill } from '../../ledger/purse.ts';
import type { Harness } from '../../support/harness.ts';
import type { AreaCases } from '../cases.ts';

async function credit(market: Harness) {
  const { id: userId } = await market.user();
  const input = { userId, amountMinor: 500, currency: 'USD', reason: 'The parcel was late.' };
  return { name: 'wallet.credit', as: await market.user({ roles: ['admin'] }), input };
}

export const ledgerCases: AreaCases = {
  operations: {
    'wallet.get': {
      async success(market) {
        const user = await market.user();
        await fill(market, user, { amountMinor: 500 });
        return { as: user, input: {} };
      },
    },
    'wallet.history': {
      async success(market) {
        const user = await market.user();
        await fill(market, user, { amountMinor: 500 });
        return { as: user, input: { currency: 'USD' } };
      },
    },
    'wallet.credit': { success: credit },
  },
  errors: {
    'wallet.reference_taken': async (market) => {
      const { name, as, input } = await credit(market);
      const reference = crypto.randomUUID();
      await market.ok(as, name, { ...input, reference });
      return { name, as, input: { ...input, amountMinor: 501, reference } };
    },
  },
};

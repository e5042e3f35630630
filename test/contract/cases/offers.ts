import { bargain, end, makeOffer } from '../../offers/bargain.ts';
import { amountMinorMax } from '../../../src/domain/kernel/index.ts';
import { offerLimits } from '../../../src/domain/offers/settings.ts';
import { system, type Harness } from '../../support/harness.ts';
import { createListing } from '../../support/listings.ts';
import type { AreaCases, OperationCases } from '../cases.ts';

async function made(market: Harness) {
  const found = await bargain(market);
  const { id: offerId, round } = await makeOffer(market, found);
  return { ...found, offerId, round };
}

/** A seller's answer to an offer; unknown to a stranger. */
function onOffer(inputOf: (made: { offerId: string; round: number }) => Record<string, unknown>): OperationCases {
  return {
    async success(market) {
      const found = await made(market);
      return { as: found.seller, input: inputOf(found) };
    },
    async wrongActor(market) {
      return { as: await market.user(), input: inputOf(await made(market)), error: 'offers.not_found' };
    },
  };
}

const sweep: OperationCases = {
  success: async () => ({ as: system, input: {} }),
  async wrongActor(market) {
    return { as: await market.user({ roles: ['admin'] }), input: {}, error: 'command.unknown' };
  },
};

export const offersCases: AreaCases = {
  operations: {
    'offers.make': {
      async success(market) {
        const { buyer, listingId } = await bargain(market);
        return { as: buyer, input: { listingId, quantity: 1, amountMinor: 8_000 } };
      },
      async wrongActor(market) {
        const { seller, listingId } = await bargain(market);
        const input = { listingId, quantity: 1, amountMinor: 8_000 };
        return { as: seller, input, error: 'offers.own_listing' };
      },
    },
    'offers.counter': onOffer(({ offerId, round }) => ({ offerId, round, amountMinor: 9_000 })),
    'offers.accept': onOffer(({ offerId, round }) => ({ offerId, round })),
    'offers.decline': onOffer(({ offerId, round }) => ({ offerId, round })),
    'offers.get': onOffer(({ offerId }) => ({ offerId })),
    'offers.withdraw': {
      async success(market) {
        const { buyer, offerId } = await made(market);
        return { as: buyer, input: { offerId } };
      },
      async wrongActor(market) {
        const { offerId } = await made(market);
        return { as: await market.user(), input: { offerId }, error: 'offers.not_found' };
      },
    },
    'offers.list': { success: async (market) => ({ as: (await made(market)).seller, input: { as: 'seller' } }) },
    'offers.expire': sweep,
    'offers.lapse': sweep,
  },
  errors: {
    'offers.unavailable': async (market) => {
      const { seller, buyer, listingId } = await bargain(market);
      await market.ok(seller, 'blocks.add', { userId: buyer.id });
      return { name: 'offers.make', as: buyer, input: { listingId, quantity: 1, amountMinor: 1 } };
    },
    'offers.not_found': async (market) => ({
      name: 'offers.get',
      as: await market.user(),
      input: { offerId: crypto.randomUUID() },
    }),
    'offers.own_listing': async (market) => {
      const { seller, listingId } = await bargain(market);
      return { name: 'offers.make', as: seller, input: { listingId, quantity: 1, amountMinor: 1 } };
    },
    'offers.not_negotiable': async (market) => {
      const { id: listingId } = await createListing(market, await market.user(), { negotiable: false });
      return { name: 'offers.make', as: await market.user(), input: { listingId, quantity: 1, amountMinor: 1 } };
    },
    'offers.too_large': async (market) => {
      const { buyer, listingId } = await bargain(market);
      return { name: 'offers.make', as: buyer, input: { listingId, quantity: 2, amountMinor: amountMinorMax } };
    },
    'offers.already_open': async (market) => {
      const { buyer, listingId } = await made(market);
      return { name: 'offers.make', as: buyer, input: { listingId, quantity: 1, amountMinor: 9_000 } };
    },
    'offers.wrong_state': async (market) => {
      const { buyer, seller, offerId, round } = await made(market);
      await market.ok(buyer, 'offers.withdraw', { offerId });
      return { name: 'offers.accept', as: seller, input: { offerId, round } };
    },
    'offers.stale': async (market) => {
      const { buyer, seller, offerId, round } = await made(market);
      await market.ok(seller, 'offers.counter', { offerId, round, amountMinor: 9_000 });
      return { name: 'offers.accept', as: buyer, input: { offerId, round } };
    },
    'offers.not_your_turn': async (market) => {
      const { buyer, offerId, round } = await made(market);
      return { name: 'offers.accept', as: buyer, input: { offerId, round } };
    },
    'offers.expired': async (market) => {
      const { seller, offerId, round } = await made(market);
      await end(market, offerId);
      return { name: 'offers.accept', as: seller, input: { offerId, round } };
    },
    'offers.too_many_rounds': async (market) => {
      const { buyer, seller, offerId } = await made(market);
      for (let round = 1; round < offerLimits.roundsMax; round += 1) {
        await market.ok(round % 2 ? seller : buyer, 'offers.counter', { offerId, round, amountMinor: 9_000 });
      }
      const round = offerLimits.roundsMax;
      return { name: 'offers.counter', as: round % 2 ? seller : buyer, input: { offerId, round, amountMinor: 9_000 } };
    },
    'offers.out_of_stock': async (market) => {
      const { buyer, listingId } = await bargain(market, { quantity: 1 });
      return { name: 'offers.make', as: buyer, input: { listingId, quantity: 2, amountMinor: 9_000 } };
    },
  },
};

import { purchase } from '../../payments/bank.ts';
import { completedOrder, reviewed } from '../../reviews/completed-order.ts';
import { system } from '../../support/harness.ts';
import type { AreaCases } from '../cases.ts';

export const reviewsCases: AreaCases = {
  operations: {
    'reviews.write': {
      async success(market) {
        const { buyer, orderId } = await completedOrder(market);
        return { as: buyer, input: { orderId, rating: 5, comment: 'Quick and friendly' } };
      },
      async wrongActor(market) {
        const { orderId } = await completedOrder(market);
        return { as: await market.user(), input: { orderId, rating: 1 }, error: 'reviews.order_not_found' };
      },
    },
    'reviews.reply': {
      async success(market) {
        const { seller, reviewId } = await reviewed(market, { bySeller: 5 });
        return { as: seller, input: { reviewId, text: 'Thank you' } };
      },
      async wrongActor(market) {
        const { buyer, reviewId } = await reviewed(market, { bySeller: 5 });
        return { as: buyer, input: { reviewId, text: 'Thank me' }, error: 'reviews.not_about_you' };
      },
    },
    'reviews.list': {
      success: async (market) => ({ as: null, input: { userId: (await market.user()).id } }),
    },
    'reviews.moderate': {
      async success(market) {
        const { reviewId } = await reviewed(market, { bySeller: 5 });
        const input = { reviewId, action: 'hide', reason: 'Insults' };
        return { as: await market.user({ roles: ['moderator'] }), input };
      },
    },
    'reviews.reveal': { success: async () => ({ as: system, input: {} }) },
  },
  errors: {
    'reviews.order_not_found': async (market) => ({
      name: 'reviews.write',
      as: await market.user(),
      input: { orderId: crypto.randomUUID(), rating: 3 },
    }),
    async 'reviews.not_completed'(market) {
      const { buyer, orderId } = await purchase(market);
      return { name: 'reviews.write', as: buyer, input: { orderId, rating: 3 } };
    },
    async 'reviews.too_late'(market) {
      const { buyer, orderId } = await completedOrder(market);
      await market.database
        .fork()
        .getConnection()
        .execute(`update sub_order set completed_at = completed_at - interval '30 days' where id = ?`, [orderId]);
      return { name: 'reviews.write', as: buyer, input: { orderId, rating: 3 } };
    },
    async 'reviews.already_written'(market) {
      const { buyer, orderId } = await reviewed(market, { bySeller: 3 });
      return { name: 'reviews.write', as: buyer, input: { orderId, rating: 3 } };
    },
    'reviews.not_found': async (market) => ({
      name: 'reviews.reply',
      as: await market.user(),
      input: { reviewId: crypto.randomUUID(), text: 'Thanks' },
    }),
    async 'reviews.not_about_you'(market) {
      const { buyer, reviewId } = await reviewed(market, { bySeller: 3 });
      return { name: 'reviews.reply', as: buyer, input: { reviewId, text: 'Thanks' } };
    },
    async 'reviews.already_replied'(market) {
      const { seller, reviewId } = await reviewed(market, { bySeller: 3 });
      await market.ok(seller, 'reviews.reply', { reviewId, text: 'Thanks' });
      return { name: 'reviews.reply', as: seller, input: { reviewId, text: 'Thanks again' } };
    },
    async 'reviews.unavailable'(market) {
      const { buyer, seller, reviewId } = await reviewed(market, { bySeller: 3 });
      await market.ok(buyer, 'blocks.add', { userId: seller.id });
      return { name: 'reviews.reply', as: seller, input: { reviewId, text: 'Thanks' } };
    },
    async 'reviews.wrong_state'(market) {
      const { reviewId } = await reviewed(market, { bySeller: 3 });
      const as = await market.user({ roles: ['moderator'] });
      return { name: 'reviews.moderate', as, input: { reviewId, action: 'restore', reason: 'Fine' } };
    },
  },
};

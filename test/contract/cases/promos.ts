import { promoOf } from '../../promos/promo.ts';
import type { Harness } from '../../support/harness.ts';
import type { AreaCases, Call, OperationCases } from '../cases.ts';

const goods = { goodsMinor: 10_000, currency: 'USD' };

/** An admin's call about a promo. */
function onPromo(extra: Record<string, unknown> = {}): OperationCases['success'] {
  return async (market) => {
    const { admin, id } = await promoOf(market);
    return { as: admin, input: { promoId: id, ...extra } };
  };
}

/** A code with these fields is tried on goods for 100 USD. */
function trying(fields: Record<string, unknown>, input: Record<string, unknown> = {}) {
  return async (market: Harness): Promise<Call & { name: string }> => {
    const { code } = await promoOf(market, fields);
    return { name: 'promos.check', as: await market.user(), input: { code, ...goods, ...input } };
  };
}

const used =
  (by: 'self' | 'other', fields: Record<string, unknown>) =>
  async (market: Harness): Promise<Call & { name: string }> => {
    const { id, code } = await promoOf(market, fields);
    const person = await market.user();
    const user = by === 'self' ? person : await market.user();
    const connection = market.database.fork().getConnection();
    await connection.execute(
      `insert into promo_use (group_id, promo_id, user_id, discount_minor, currency, created_at)
       values (?, ?, ?, 1, 'USD', now())`,
      [crypto.randomUUID(), id, user.id],
    );
    await connection.execute('update promo set uses = uses + 1 where id = ?', [id]);
    return { name: 'promos.check', as: person, input: { code, ...goods } };
  };

export const promosCases: AreaCases = {
  operations: {
    'promos.create': {
      success: async (market) => ({
        as: await market.user({ roles: ['admin'] }),
        input: { code: `NEW-${crypto.randomUUID().slice(0, 8)}`, discount: { kind: 'percent', bps: 500 } },
      }),
    },
    'promos.update': { success: onPromo({ usesMax: 5 }) },
    'promos.end': { success: onPromo() },
    'promos.list': { success: async (market) => ({ as: (await promoOf(market)).admin, input: {} }) },
    'promos.check': { success: trying({}) },
  },
  errors: {
    'promos.not_found': async (market) => ({
      name: 'promos.check',
      as: await market.user(),
      input: { code: 'NO-SUCH-CODE', ...goods },
    }),
    'promos.taken': async (market) => {
      const { admin, code } = await promoOf(market);
      return { name: 'promos.create', as: admin, input: { code, discount: { kind: 'percent', bps: 500 } } };
    },
    'promos.needs_currency': async (market) => ({
      name: 'promos.create',
      as: await market.user({ roles: ['admin'] }),
      input: { code: 'FIVE-OF-WHAT', discount: { kind: 'amount', amountMinor: 500 } },
    }),
    'promos.wrong_period': async (market) => {
      const { admin, id } = await promoOf(market);
      const startsAt = '2037-01-02T00:00:00.000Z';
      return {
        name: 'promos.update',
        as: admin,
        input: { promoId: id, startsAt, endsAt: '2037-01-01T00:00:00.000Z' },
      };
    },
    'promos.over': async (market) => {
      const { admin, id } = await promoOf(market);
      await market.ok(admin, 'promos.end', { promoId: id });
      return { name: 'promos.update', as: admin, input: { promoId: id, usesMax: 5 } };
    },
    'promos.wrong_currency': trying({ currency: 'EUR' }),
    'promos.used_up': used('other', { usesMax: 1 }),
    'promos.used_by_you': used('self', {}),
    'promos.first_order_only': used('self', { usesPerPersonMax: 2, firstOrderOnly: true }),
    'promos.goods_too_low': trying({ currency: 'USD', minGoodsMinor: 10_001 }),
  },
};

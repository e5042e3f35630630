import type { AreaCases } from '../cases.ts';

export const trustCases: AreaCases = {
  operations: {
    'blocks.add': {
      success: async (market) => ({ as: await market.user(), input: { userId: (await market.user()).id } }),
    },
    'blocks.remove': {
      async success(market) {
        const [asha, juma] = [await market.user(), await market.user()];
        await market.ok(asha, 'blocks.add', { userId: juma.id });
        return { as: asha, input: { userId: juma.id } };
      },
    },
    'blocks.list': {
      async success(market) {
        const asha = await market.user();
        await market.ok(asha, 'blocks.add', { userId: (await market.user()).id });
        return { as: asha, input: {} };
      },
    },
    'audit.list': { success: async (market) => ({ as: await market.user({ roles: ['admin'] }), input: {} }) },
  },
  errors: {
    async 'blocks.yourself'(market) {
      const asha = await market.user();
      return { name: 'blocks.add', as: asha, input: { userId: asha.id } };
    },
    async 'blocks.too_many'(market) {
      const asha = await market.user();
      await market.database
        .fork()
        .getConnection()
        .execute(
          `with people as (
             insert into account select (jsonb_populate_record(a,
               jsonb_build_object('id', gen_random_uuid(), 'email', gen_random_uuid() || '@example.test'))).*
             from account a, generate_series(1, 1000) where a.id = ? returning id
           )
           insert into block (id, blocker_id, blocked_id, created_at)
           select gen_random_uuid(), ?, id, now() from people`,
          [asha.id, asha.id],
        );
      return { name: 'blocks.add', as: asha, input: { userId: (await market.user()).id } };
    },
  },
};

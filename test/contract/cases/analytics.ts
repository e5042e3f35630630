import { openShop } from '../../merchants/shop.ts';
import type { AreaCases } from '../cases.ts';

export const analyticsCases: AreaCases = {
  operations: {
    'merchants.dashboard': {
      async success(market) {
        const { owner, merchantId } = await openShop(market);
        return { as: owner, input: { merchantId } };
      },
      async wrongActor(market) {
        const { merchantId } = await openShop(market);
        return { as: await market.user(), input: { merchantId }, error: 'merchants.not_found' };
      },
    },
  },
  errors: {},
};

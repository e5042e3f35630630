import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { WalletView, walletsOf } from '../wallets.ts';

export const getWallet = defineQuery({
  name: 'wallet.get',
  access: 'user',
  current: true,
  summary: 'Your money with the market, one wallet for each currency that you have ever had.',
  input: z.strictObject({}),
  output: z.object({ wallets: z.array(WalletView) }),
  errors: [],
  async run({ actor: { userId }, sql: plain }) {
    return { wallets: (await walletsOf(plain, [userId])).map(({ view }) => view) };
  },
});

import { z } from 'zod';
import { sellerOf } from '../../merchants/index.ts';
import { defineQuery } from '../../kernel/define.ts';
import { iso, Timestamp } from '../../kernel/timestamp.ts';
import { ShopFigures, shopFigures } from '../shop-figures.ts';

const dayMs = 86_400_000;
const defaultDays = 30;
const daysMax = 366;

export const merchantDashboard = defineQuery({
  name: 'merchants.dashboard',
  access: 'user',
  ratePerMinute: 30,
  summary: 'What a shop, or you without one, sold in a time of at most 366 days; by default the last 30.',
  input: z.strictObject({
    merchantId: z.uuid().optional().describe('A shop whose owner or manager you are; without it, your own sales.'),
    start: Timestamp.optional(),
    end: Timestamp.optional().describe('Not included; by default now.'),
  }),
  output: ShopFigures.extend({ start: Timestamp, end: Timestamp }),
  errors: ['merchants.not_found'],
  async run({ input, actor: { userId }, db, sql, now, fail }) {
    const { merchantId } = input;
    const sellerId = merchantId === undefined ? userId : await sellerOf(db, { userId, merchantId }, 'figures');
    if (sellerId === null) return fail('merchants.not_found');
    const end = input.end === undefined ? await now() : new Date(input.end);
    const start = input.start === undefined ? new Date(end.getTime() - defaultDays * dayMs) : new Date(input.start);
    const lengthMs = end.getTime() - start.getTime();
    if (lengthMs <= 0 || lengthMs > daysMax * dayMs) {
      fail('input.invalid', { issues: [{ path: 'start', message: `expected 1 to ${daysMax} days before the end` }] });
    }
    return { start: iso(start), end: iso(end), ...(await shopFigures(sql, { sellerId, start, end })) };
  },
});

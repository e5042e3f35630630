import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { cutPage, decodeCursor, page, pageInput } from '../../kernel/pagination.ts';
import { iso, Timestamp } from '../../kernel/timestamp.ts';
import { PayoutEntity, PayoutId } from '../entities.ts';
import { payoutMachine } from '../machine.ts';
import { PayoutView, payoutView } from '../views.ts';

export const listPayouts = defineQuery({
  name: 'payouts.list',
  access: 'user',
  summary: 'What was paid out to you or will be, newest first.',
  input: z.strictObject({ status: z.enum(payoutMachine.states).optional(), ...pageInput }),
  output: page(PayoutView),
  errors: [],
  async run({ input: { status, cursor, limit }, actor: { userId }, db }) {
    const after = decodeCursor(cursor, z.tuple([Timestamp, PayoutId]));
    const payouts = await db.find(
      PayoutEntity,
      {
        userId,
        ...(status && { state: status }),
        ...(after && {
          $or: [{ createdAt: { $lt: new Date(after[0]) } }, { createdAt: new Date(after[0]), id: { $lt: after[1] } }],
        }),
      },
      { orderBy: { createdAt: 'desc', id: 'desc' }, limit: limit + 1 },
    );
    return cutPage(payouts, limit, { item: payoutView, key: ({ createdAt, id }) => [iso(createdAt), id] });
  },
});

export const getPayout = defineQuery({
  name: 'payouts.get',
  access: 'user',
  summary: 'A payout of yours.',
  input: z.strictObject({ payoutId: PayoutId }),
  output: PayoutView,
  errors: ['payouts.not_found'],
  async run({ input, actor: { userId }, db, fail }) {
    const payout = await db.findOne(PayoutEntity, { id: input.payoutId, userId });
    return payout ? payoutView(payout) : fail('payouts.not_found');
  },
});

import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { cutPage, decodeCursor, page, pageInput } from '../../kernel/pagination.ts';
import { iso, Timestamp } from '../../kernel/timestamp.ts';
import { OrderGroupId } from '../../orders/index.ts';
import { PaymentEntity, PaymentId, paymentPurposes } from '../entities.ts';
import { PaymentView, paymentView } from '../views.ts';

export const listPayments = defineQuery({
  name: 'payments.list',
  access: 'user',
  summary: 'Your attempts to pay, newest first; those of one purchase, or of one purpose.',
  input: z.strictObject({
    orderGroupId: OrderGroupId.optional(),
    purpose: z.enum(paymentPurposes).optional(),
    ...pageInput,
  }),
  output: page(PaymentView),
  errors: [],
  async run({ input: { orderGroupId, purpose, cursor, limit }, actor: { userId }, db }) {
    const after = decodeCursor(cursor, z.tuple([Timestamp, PaymentId]));
    const payments = await db.find(
      PaymentEntity,
      {
        payerId: userId,
        ...(orderGroupId && { orderGroupId }),
        ...(purpose && { purpose }),
        ...(after && {
          $or: [{ createdAt: { $lt: new Date(after[0]) } }, { createdAt: new Date(after[0]), id: { $lt: after[1] } }],
        }),
      },
      { orderBy: { createdAt: 'desc', id: 'desc' }, limit: limit + 1 },
    );
    return cutPage(payments, limit, { item: paymentView, key: ({ createdAt, id }) => [iso(createdAt), id] });
  },
});

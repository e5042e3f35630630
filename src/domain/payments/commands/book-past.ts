import { z } from 'zod';
import { defineCommand, defineSweep } from '../../kernel/define.ts';
import { PaymentEntity } from '../entities.ts';
import { bookPast } from '../past.ts';
import { lockPayment } from '../rows.ts';

export const bookPastPayments = defineCommand({
  name: 'payments.bookPast',
  access: 'system',
  summary: 'Book an attempt that captured money before there was a ledger, and fund the escrows of its open orders.',
  input: z.strictObject({}),
  output: z.object({ swept: z.int() }),
  errors: [],
  async run({ tx }) {
    // One at a time, seen without a lock because the group is locked first, and looked at again then.
    const seen = await tx.db.findOne(PaymentEntity, { unbooked: true }, { orderBy: { id: 'asc' } });
    const found = seen && (await lockPayment(tx, seen.id));
    if (!found?.group) return { swept: 0 };
    await bookPast(tx, { payment: found.payment, group: found.group });
    return { swept: 1 };
  },
});

export const bookPastPaymentsJob = defineSweep({
  name: 'payments.bookPast',
  everySeconds: 60,
  batch: 1,
  command: bookPastPayments,
  summary: bookPastPayments.summary,
});

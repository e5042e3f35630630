import { sql } from 'kysely';
import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { cutPage, decodeCursor, page, pageInput } from '../../kernel/pagination.ts';
import { ChargebackEntity, ChargebackId } from '../chargeback-entities.ts';
import { chargebackMachine } from '../chargeback-machine.ts';
import { withShares } from '../chargeback-rows.ts';
import {
  chargebackDetails,
  ChargebackDetails,
  ChargebackView,
  chargebackView,
  withEvidence,
} from '../chargeback-views.ts';

export const listChargebacks = defineQuery({
  name: 'chargebacks.list',
  access: 'user',
  summary: 'Chargebacks of payments for your sales, your part of each, or as an admin all; the latest first.',
  input: z.strictObject({
    as: z.enum(['seller', 'staff']).default('seller'),
    state: z.enum(chargebackMachine.states).optional(),
    ...pageInput,
  }),
  output: page(z.union([ChargebackDetails, ChargebackView])),
  errors: [],
  async run({ input: { as, state, cursor, limit }, actor: { userId, roles }, db, sql: plain, fail }) {
    if (as === 'staff' && !roles.includes('admin')) fail('auth.forbidden');
    const after = decodeCursor(cursor, z.tuple([ChargebackId]))?.[0] ?? null;
    const { rows } = await sql<{ id: ChargebackId }>`
      select c.id from chargeback c
      where (${as} = 'staff' or exists (
          select from chargeback_share s where s.chargeback_id = c.id and s.seller_id = ${userId}))
        and (${state ?? null}::text is null or c.state = ${state ?? null})
        and (${after}::uuid is null or c.id < ${after}::uuid)
      order by c.id desc limit ${limit + 1}`.execute(plain);
    const ids = rows.map(({ id }) => id);
    const chargebacks = await db.find(ChargebackEntity, { id: { $in: ids } }, { orderBy: { id: 'desc' } });
    return cutPage(await withEvidence(db, await withShares(db, chargebacks)), limit, {
      item: (file) => (as === 'staff' ? chargebackDetails(file) : chargebackView(file, userId)),
      key: ({ chargeback }) => [chargeback.id],
    });
  },
});

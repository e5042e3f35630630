import { sql } from 'kysely';
import { z } from 'zod';
import { publicProfiles } from '../../identity/index.ts';
import { defineCommand, type Sql } from '../../kernel/define.ts';
import { newId, UserId } from '../../kernel/ids.ts';
import { Currency } from '../../kernel/money.ts';
import { accounts } from '../accounts.ts';
import { postTransfer } from '../post.ts';
import { walletChanged } from '../wallets.ts';

/** Of one credit, in minor units. What is more is a decision for the books, not for a form. */
const creditMinorMax = 100_000_000;
const referenceInput = z
  .string()
  .regex(/^[\w.:-]{1,64}$/)
  .optional()
  .describe('Names the reason, such as `complaint:1412`: it is credited once, whoever asks again.');

export const creditWallet = defineCommand({
  name: 'wallet.credit',
  access: 'admin',
  ratePerMinute: 30,
  summary: "Give a person money of the market's own, to spend or to withdraw.",
  input: z.strictObject({
    userId: UserId,
    amountMinor: z.int().min(1).max(creditMinorMax),
    currency: Currency,
    reason: z.string().trim().min(1).max(500),
    reference: referenceInput,
  }),
  output: z.object({
    reference: z.string(),
    credited: z.boolean().describe('False when it had been credited before.'),
  }),
  errors: ['users.not_found', 'wallet.reference_taken'],
  emits: [walletChanged],
  async run({ input, tx, fail }) {
    const { userId, amountMinor, currency, reason, reference = newId() } = input;
    if (!(await publicProfiles(tx.db, [userId])).has(userId)) fail('users.not_found');
    const known = await creditedBy(tx.sql, reference);
    if (known) {
      const same = known.userId === userId && known.currency === currency && known.amountMinor === amountMinor;
      return same ? { reference, credited: false } : fail('wallet.reference_taken');
    }
    const postings = [
      { account: accounts.promo, amountMinor: -amountMinor },
      { account: accounts.available(userId), amountMinor },
    ];
    const outcome = await postTransfer(tx, { kind: 'promo.credit', reference, currency, postings });
    // Somebody else has credited it since we looked.
    if (outcome === 'known') return { reference, credited: false };
    const details = { amountMinor, currency, reason, reference };
    tx.audit({ action: 'wallet.credited', subject: { kind: 'user', id: userId }, details });
    return { reference, credited: true };
  },
});

async function creditedBy(db: Sql, reference: string) {
  const { rows } = await sql<{ user_id: UserId; currency: string; amount: string }>`
    select a.user_id, p.currency, p.amount_minor::text as amount
    from ledger_transfer t
    join ledger_posting p on p.transfer_id = t.id
    join ledger_account a on a.id = p.account_id and a.user_id is not null
    where t.kind = 'promo.credit' and t.reference = ${reference}`.execute(db);
  const [row] = rows;
  return row ? { userId: row.user_id, currency: row.currency, amountMinor: Number(row.amount) } : null;
}

import { sql } from 'kysely';
import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { orderChanged } from '../../orders/index.ts';
import { findAttempt } from '../attempts.ts';
import { differenceKinds, type PaymentId } from '../entities.ts';
import { paymentChanged } from '../events.ts';
import { ProviderFact } from '../facts.ts';
import { hearFact } from '../hearing.ts';
import { differencesOf, recordDifferences, resolveDifferences, type Found } from '../reconciling.ts';
import { lockPayment } from '../rows.ts';

const chargesMax = 500;
const provider = z.string().max(50);
const Disagreements = z.object({
  found: z.array(z.object({ kind: z.enum(differenceKinds), subject: z.string(), isOpen: z.boolean() })),
});

export const compareCharges = defineCommand({
  name: 'payments.compareCharges',
  access: 'system',
  summary: "Compare a page of a provider's charges with our books; answers those that differ.",
  input: z.strictObject({ provider, facts: z.array(ProviderFact).max(chargesMax) }),
  output: z.object({ differing: z.array(z.int()) }),
  errors: [],
  async run({ input: { provider: name, facts }, tx }) {
    const differing: number[] = [];
    const known: string[] = [];
    for (const [index, fact] of facts.entries()) {
      const payment = await findAttempt(tx, { provider: name, ...fact });
      if (payment) known.push(payment.id);
      if ((await differencesOf(tx.sql, payment, fact)).length > 0) differing.push(index);
    }
    const agreeing = facts.filter((_, index) => !differing.includes(index));
    await resolveDifferences(
      tx,
      name,
      agreeing.map(({ providerRef }) => providerRef),
    );
    const now = (await tx.now()).toISOString();
    await sql`
      update payment set reconciled_at = ${now}::timestamptz
      where id = any(${`{${known.join(',')}}`}::uuid[])`.execute(tx.sql);
    return { differing };
  },
});

export const reconcileCharge = defineCommand({
  name: 'payments.reconcileCharge',
  access: 'system',
  summary: 'Bring an attempt up to date with what its provider has in the books, and write down what does not agree.',
  input: z.strictObject({ provider, fact: ProviderFact }),
  output: Disagreements,
  errors: [],
  emits: [paymentChanged, orderChanged],
  async run({ input: { provider: name, fact }, tx }) {
    const attempt = await findAttempt(tx, { provider: name, ...fact });
    const payment = attempt && ((await lockPayment(tx, attempt.id))?.payment ?? null);
    const found = await differencesOf(tx.sql, payment, fact);
    if (payment) await hearFact(tx, payment, fact);
    const open = await differencesOf(tx.sql, payment, fact);
    await recordDifferences(tx, name, { found, open });
    return { found: found.map((one) => ({ ...one, isOpen: open.some(({ kind }) => kind === one.kind) })) };
  },
});

export const findMissingCharges = defineCommand({
  name: 'payments.findMissingCharges',
  access: 'system',
  summary: 'Write down attempts whose money we have booked and which their provider did not list.',
  input: z.strictObject({
    provider,
    since: z.iso.datetime(),
    until: z.iso.datetime(),
    startedAt: z.iso.datetime(),
  }),
  output: Disagreements,
  errors: [],
  async run({ input: { provider: name, since, until, startedAt }, tx }) {
    const { rows } = await sql<{ id: PaymentId; ref: string | null; currency: string; captured: string }>`
      select id, provider_ref as ref, currency, captured_minor::text as captured from payment
      where provider = ${name} and captured_minor > 0
        and created_at >= ${since}::timestamptz and created_at < ${until}::timestamptz
        and (reconciled_at is null or reconciled_at < ${startedAt}::timestamptz)
      order by created_at limit ${chargesMax}`.execute(tx.sql);
    const found = rows.map(({ id, ref, currency, captured }): Found => ({
      kind: 'charge_missing',
      subject: ref ?? id,
      paymentId: id,
      currency,
      oursMinor: Number(captured),
      theirsMinor: 0,
    }));
    await recordDifferences(tx, name, { found, open: found });
    return { found: found.map((one) => ({ ...one, isOpen: true })) };
  },
});

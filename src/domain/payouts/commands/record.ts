import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { walletChanged } from '../../ledger/index.ts';
import { claimFacts, PayoutFact, storeAnswer } from '../../payments/index.ts';
import { applyFact } from '../applying.ts';
import { PayoutId } from '../entities.ts';
import { payoutChanged } from '../events.ts';
import { lockPayout } from '../rows.ts';
import { payoutLimits } from '../settings.ts';

const Refused = z.object({ provider: z.string(), eventId: z.string(), reason: z.string() }).nullable();

export const recordAnswer = defineCommand({
  name: 'payouts.recordAnswer',
  access: 'system',
  summary: 'Record what a provider answered about a payout. What it has never heard of is handed to it again.',
  input: z.strictObject({ payoutId: PayoutId, fact: PayoutFact.nullable() }),
  output: z.object({ refused: Refused }),
  errors: [],
  emits: [payoutChanged, walletChanged],
  async run({ input: { payoutId, fact }, tx }) {
    const payout = await lockPayout(tx, payoutId);
    if (!payout?.provider) return { refused: null };
    if (fact) {
      const eventId = await storeAnswer(tx, { provider: payout.provider, id: payoutId, subject: 'payout' }, fact);
      return { refused: eventId ? await applyFact(tx, eventId) : null };
    }
    if (payout.state !== 'processing') return { refused: null };
    // It had answered: what it has lost since may be on its way all the same, and is not sent a second time.
    const { provider, providerRef } = payout;
    if (providerRef !== null) return { refused: { provider, eventId: payoutId, reason: 'unknown_to_provider' } };
    payout.submitAt = await tx.now();
    return { refused: null };
  },
});

export const claimPayoutFacts = defineCommand({
  name: 'payouts.claimFacts',
  access: 'system',
  summary: 'Take the next stored provider messages about payouts; those that fail come back later and later.',
  input: z.strictObject({}),
  output: z.object({ eventIds: z.array(z.uuid()) }),
  errors: [],
  async run({ tx }) {
    const facts = await claimFacts(tx, 'payout', payoutLimits.claimBatch);
    return { eventIds: facts.map(({ eventId }) => eventId) };
  },
});

export const applyPayoutFact = defineCommand({
  name: 'payouts.applyFact',
  access: 'system',
  summary: 'Apply one stored provider message about a payout, once.',
  input: z.strictObject({ eventId: z.uuid() }),
  output: z.object({ refused: Refused }),
  errors: [],
  emits: [payoutChanged, walletChanged],
  run: async ({ input: { eventId }, tx }) => ({ refused: await applyFact(tx, eventId) }),
});

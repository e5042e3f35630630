import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { walletChanged } from '../../ledger/index.ts';
import { orderChanged, orderTold } from '../../orders/index.ts';
import { claimFacts, lockFact, settleFact } from '../../payments/index.ts';
import { chargebackChanged } from '../chargeback-events.ts';
import { applyChargeback } from '../charging-back.ts';
import { disputeChanged } from '../events.ts';
import { disputeLimits } from '../settings.ts';

export const claimChargebackFacts = defineCommand({
  name: 'chargebacks.claimFacts',
  access: 'system',
  summary: 'Take the next stored provider messages about chargebacks; those that fail come back later and later.',
  input: z.strictObject({}),
  output: z.object({ eventIds: z.array(z.uuid()) }),
  errors: [],
  async run({ tx }) {
    const facts = await claimFacts(tx, 'chargeback', disputeLimits.sweepBatch);
    return { eventIds: facts.map(({ eventId }) => eventId) };
  },
});

export const applyChargebackFact = defineCommand({
  name: 'chargebacks.apply',
  access: 'system',
  summary: 'Apply one stored provider message about a chargeback, once.',
  input: z.strictObject({ eventId: z.uuid() }),
  output: z.object({
    refused: z.object({ provider: z.string(), eventId: z.string(), reason: z.string() }).nullable(),
  }),
  errors: [],
  emits: [chargebackChanged, disputeChanged, orderChanged, orderTold, walletChanged],
  async run({ input: { eventId }, tx }) {
    const stored = await lockFact(tx, 'chargeback', eventId);
    if (!stored) return { refused: null };
    const outcome = await applyChargeback(tx, stored);
    // What is not settled comes back.
    if (outcome === 'later') return { refused: null };
    if (typeof outcome === 'string') {
      await settleFact(tx, eventId, { outcome });
      return { refused: null };
    }
    const { refused: reason } = outcome;
    await settleFact(tx, eventId, { outcome: 'refused', reason });
    return { refused: { provider: stored.provider, eventId, reason } };
  },
});

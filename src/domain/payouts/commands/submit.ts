import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { assert } from '../../kernel/errors.ts';
import { orNull } from '../../kernel/or-null.ts';
import { PayoutEntity, PayoutId } from '../entities.ts';
import { nextPoll } from '../settling.ts';
import { payoutLimits } from '../settings.ts';

const claim = { lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE, limit: payoutLimits.claimBatch } as const;

export const claimSubmissions = defineCommand({
  name: 'payouts.claimSubmissions',
  access: 'system',
  summary: 'Take payouts that are to be handed to their provider. One that gives no answer is asked, and told again.',
  input: z.strictObject({}),
  output: z.object({
    payouts: z.array(
      z.object({
        id: PayoutId,
        provider: z.string(),
        destination: z.string(),
        amountMinor: z.int(),
        currency: z.string(),
      }),
    ),
  }),
  errors: [],
  async run({ tx }) {
    const now = await tx.now();
    const due = { state: 'processing', submitAt: { $lte: now } } as const;
    const payouts = await tx.db.find(PayoutEntity, due, { ...claim, orderBy: { submitAt: 'asc' } });
    return {
      payouts: payouts.map((payout) => {
        const { id, provider, account: destination, amountMinor, currency } = payout;
        assert(provider && destination, `payout ${id} has a destination`);
        payout.submitAt = null;
        payout.submitTries += 1;
        payout.pollTries = 0;
        payout.pollAt = nextPoll(payout, now);
        return { id, provider, destination, amountMinor, currency };
      }),
    };
  },
});

export const claimPolls = defineCommand({
  name: 'payouts.claimPolls',
  access: 'system',
  summary:
    'Take payouts whose provider is to be asked: those without an outcome, and for some days those that were paid.',
  input: z.strictObject({}),
  output: z.object({
    payouts: z.array(z.object({ id: PayoutId, provider: z.string(), providerRef: orNull(z.string()) })),
  }),
  errors: [],
  async run({ tx }) {
    const now = await tx.now();
    const due = { pollAt: { $lte: now } };
    const payouts = await tx.db.find(PayoutEntity, due, { ...claim, orderBy: { pollAt: 'asc' } });
    return {
      payouts: payouts.map((payout) => {
        const { id, provider, providerRef } = payout;
        assert(provider, `payout ${id} was sent`);
        payout.pollTries += 1;
        payout.pollAt = nextPoll(payout, now);
        return { id, provider, providerRef };
      }),
    };
  },
});

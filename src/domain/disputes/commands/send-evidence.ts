import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import { privateLink } from '../../media/index.ts';
import { ChargebackFact, storeAnswer } from '../../payments/index.ts';
import { ChargebackEntity, ChargebackEvidenceEntity, ChargebackId, type Chargeback } from '../chargeback-entities.ts';
import { undecidedStates } from '../chargeback-machine.ts';
import { lockChargeback } from '../chargeback-rows.ts';
import { disputeLimits } from '../settings.ts';

const Submission = z.object({
  chargebackId: ChargebackId,
  provider: z.string(),
  chargebackRef: z.string(),
  text: z.string(),
  urls: z.array(z.string()),
  /** What the evidence was when it was taken: what came since is sent again. */
  submitAt: z.iso.datetime(),
});

export const claimEvidence = defineCommand({
  name: 'chargebacks.claimEvidence',
  access: 'system',
  summary: 'Take chargebacks whose evidence is to be sent; one without an answer is sent again, later and later.',
  input: z.strictObject({}),
  output: z.object({ submissions: z.array(Submission) }),
  errors: [],
  async run({ tx }) {
    const now = await tx.now();
    const due = await tx.db.find(
      ChargebackEntity,
      { submitAt: { $lte: now }, state: { $in: [...undecidedStates] } },
      { lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE, refresh: true, limit: disputeLimits.sendBatch },
    );
    const submissions: z.input<typeof Submission>[] = [];
    for (const chargeback of due) {
      const waitMs = disputeLimits.resendMs * 2 ** Math.min(chargeback.submitTries, 10);
      chargeback.submitTries += 1;
      chargeback.submitAt = new Date(now.getTime() + waitMs);
      submissions.push(await submissionOf(tx, chargeback, chargeback.submitAt));
    }
    return { submissions };
  },
});

async function submissionOf(
  tx: Tx,
  { id: chargebackId, provider, providerRef: chargebackRef }: Chargeback,
  submitAt: Date,
): Promise<z.input<typeof Submission>> {
  const given = await tx.db.find(ChargebackEvidenceEntity, { chargebackId }, { orderBy: { id: 'asc' } });
  const urls: string[] = [];
  for (const uploadId of given.flatMap(({ evidenceIds }) => evidenceIds)) {
    const link = await privateLink(tx, uploadId);
    if (typeof link !== 'string') urls.push(link.url);
  }
  const text = given.map((one) => one.text).join('\n\n');
  return { chargebackId, provider, chargebackRef, text, urls, submitAt: submitAt.toISOString() };
}

export const recordEvidence = defineCommand({
  name: 'chargebacks.recordEvidence',
  access: 'system',
  summary: 'Note that a provider has taken the evidence of a chargeback, and keep what it answered for applying.',
  input: z.strictObject({
    chargebackId: ChargebackId,
    submitAt: z.iso.datetime(),
    fact: ChargebackFact,
  }),
  output: z.object({}),
  errors: [],
  async run({ input: { chargebackId, submitAt, fact }, tx }) {
    const chargeback = await lockChargeback(tx, chargebackId);
    if (!chargeback) return {};
    chargeback.submittedAt = await tx.now();
    if (chargeback.submitAt?.toISOString() === submitAt) chargeback.submitAt = null;
    await storeAnswer(tx, { provider: chargeback.provider, id: chargebackId, subject: 'chargeback' }, fact);
    return {};
  },
});

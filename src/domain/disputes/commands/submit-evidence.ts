import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { newId } from '../../kernel/ids.ts';
import { bump } from '../../kernel/machine.ts';
import { attachUploads } from '../../media/index.ts';
import { ChargebackEvidenceEntity, ChargebackId } from '../chargeback-entities.ts';
import { chargebackChanged, tellChargeback } from '../chargeback-events.ts';
import { isDecided } from '../chargeback-machine.ts';
import { lockChargeback } from '../chargeback-rows.ts';
import { seeChargeback, seenView } from '../chargeback-sides.ts';
import { ChargebackView } from '../chargeback-views.ts';
import { sendEvidence } from '../jobs.ts';
import { evidenceIds, text } from '../settings.ts';

export const submitEvidence = defineCommand({
  name: 'chargebacks.submitEvidence',
  access: 'user',
  ratePerMinute: 20,
  summary: 'As a seller or an admin, put evidence forward against a chargeback: the bank gets it through the provider.',
  input: z.strictObject({ chargebackId: ChargebackId, text, evidenceIds }),
  output: ChargebackView,
  errors: ['chargebacks.not_found', 'chargebacks.decided', 'uploads.not_found', 'uploads.not_confirmed'],
  emits: [chargebackChanged],
  async run({ input, actor, tx, fail }) {
    const chargeback = await lockChargeback(tx, input.chargebackId);
    const seen = chargeback && (await seeChargeback(tx.db, input.chargebackId, actor));
    if (!chargeback || !seen) return fail('chargebacks.not_found');
    const at = await tx.now();
    const { evidenceDueAt } = chargeback;
    if (isDecided(chargeback.state) || (evidenceDueAt && evidenceDueAt <= at)) fail('chargebacks.decided');
    const given = { ownerId: actor.userId, uploadIds: input.evidenceIds, purpose: 'evidence' } as const;
    const attached = await attachUploads(tx, given);
    if (typeof attached === 'string') return fail(attached);
    const evidence = tx.db.create(ChargebackEvidenceEntity, {
      id: newId(),
      chargebackId: chargeback.id,
      sellerId: seen.sellerId,
      authorId: actor.userId,
      text: input.text,
      evidenceIds: input.evidenceIds,
      createdAt: at,
    });
    Object.assign(chargeback, { submitAt: at, submitTries: 0 });
    bump(chargeback, at);
    await tellChargeback(tx, seen.file, 'answered');
    tx.nudge(sendEvidence);
    if (!seen.sellerId) {
      const subject = { kind: 'chargeback', id: chargeback.id };
      tx.audit({ action: 'chargebacks.submitEvidence', subject, details: { evidenceIds: input.evidenceIds } });
    }
    return seenView({ ...seen, file: { ...seen.file, evidence: [...seen.file.evidence, evidence] } });
  },
});

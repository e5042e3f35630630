import { z } from 'zod';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import { orNull } from '../../kernel/or-null.ts';
import { Timestamp } from '../../kernel/timestamp.ts';
import { privateLink } from '../../media/index.ts';
import { disputeSide } from '../disputed.ts';
import { DisputeEntity, DisputeId, RefundRequestEntity, RefundRequestId } from '../entities.ts';
import { requestSide } from '../requests.ts';
import { disputeLimits } from '../settings.ts';
import { withStatements } from '../views.ts';

const Evidence = z.object({
  uploadId: z.uuid(),
  link: orNull(z.object({ url: z.string(), expiresAt: Timestamp })).describe('Null while it cannot be shown.'),
});

/** Commands though they only read, because each look of staff at what people handed in is written down. */
export const openRequestEvidence = defineCommand({
  name: 'refunds.evidence',
  access: 'user',
  ratePerMinute: 60,
  summary: 'URLs of the evidence of a refund request of yours, for five minutes. Calls of admins are logged.',
  input: z.strictObject({ refundRequestId: RefundRequestId }),
  output: z.object({ items: z.array(Evidence).max(disputeLimits.evidenceMax) }),
  errors: ['refunds.not_found'],
  async run({ input, actor, tx, fail }) {
    const request = await tx.db.findOne(RefundRequestEntity, { id: input.refundRequestId });
    const side = request && (await requestSide(tx.db, request, actor));
    if (!request || !side) return fail('refunds.not_found');
    if (side === 'staff') note(tx, request.orderId, request.evidenceIds);
    return { items: await links(tx, request.evidenceIds) };
  },
});

export const openDisputeEvidence = defineCommand({
  name: 'disputes.evidence',
  access: 'user',
  ratePerMinute: 60,
  summary: 'URLs of the evidence of both sides of a dispute, for five minutes. Calls of moderators are logged.',
  input: z.strictObject({ disputeId: DisputeId }),
  output: z.object({ items: z.array(Evidence).max(2 * disputeLimits.evidenceMax) }),
  errors: ['disputes.not_found'],
  async run({ input, actor, tx, fail }) {
    const dispute = await tx.db.findOne(DisputeEntity, { id: input.disputeId });
    const side = dispute && (await disputeSide(tx.db, dispute, actor));
    if (!dispute || !side) return fail('disputes.not_found');
    const [file] = await withStatements(tx.db, [dispute]);
    const uploadIds = file!.statements.flatMap(({ evidenceIds }) => evidenceIds);
    if (side === 'moderator') note(tx, dispute.orderId, uploadIds);
    return { items: await links(tx, uploadIds) };
  },
});

function note(tx: Tx, orderId: string, evidenceIds: readonly string[]): void {
  tx.audit({ action: 'disputes.evidenceOpened', subject: { kind: 'order', id: orderId }, details: { evidenceIds } });
}

async function links(tx: Tx, uploadIds: readonly string[]): Promise<z.input<typeof Evidence>[]> {
  const items: z.input<typeof Evidence>[] = [];
  for (const uploadId of uploadIds) {
    const link = await privateLink(tx, uploadId);
    items.push({ uploadId, link: typeof link === 'string' ? null : link });
  }
  return items;
}

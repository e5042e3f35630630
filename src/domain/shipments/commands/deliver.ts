import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { flushUnique } from '../../kernel/database-errors.ts';
import { defineCommand } from '../../kernel/define.ts';
import { target } from '../../kernel/machine.ts';
import { attachUploads } from '../../media/index.ts';
import type { Shipment } from '../entities.ts';
import { hubCommand, makeHubMove, shipmentInput } from '../hub-command.ts';
import { shipmentMachine } from '../machine.ts';
import { lockOthersShipment } from '../rows.ts';
import { shipmentRules } from '../rules.ts';
import { fits } from '../views.ts';

const Proof = z.union([
  z.strictObject({ code: z.string().regex(/^\d{6}$/) }),
  z.strictObject({ imageId: z.uuid().describe('An upload of yours with the purpose `evidence`.') }),
]);

export const deliver = defineCommand({
  ...hubCommand,
  name: 'shipments.deliver',
  ratePerMinute: 60,
  summary:
    'Hand a parcel over: to whoever tells the delivery code, which only the buyer can see, or with a photo of it.',
  input: z.strictObject({ ...shipmentInput, proof: Proof }),
  errors: [
    'shipments.not_found',
    'shipments.own_parcel',
    'shipments.not_possible',
    'shipments.cash_due',
    'shipments.code_locked',
    'shipments.wrong_code',
    'uploads.not_found',
    'uploads.not_confirmed',
    'shipments.proof_used',
  ],
  async run({ input: { shipmentId, proof }, actor: { userId }, tx, fail, failKeeping }) {
    const shipment = await lockOthersShipment({ tx, userId, fail }, shipmentId);
    const isPossible = target(shipmentMachine, 'deliver', { state: shipment.state, by: 'hub' }) !== null;
    if (!isPossible || !fits('deliver', shipment)) fail('shipments.not_possible');
    if (shipment.cashState === 'due') fail('shipments.cash_due');
    if ('code' in proof) {
      const now = await tx.now();
      const lockedUntil = shipment.codeLockedUntil;
      if (lockedUntil && lockedUntil > now) {
        fail('shipments.code_locked', { retryAfterMs: lockedUntil.getTime() - now.getTime() });
      }
      if (!sameCode(proof.code, shipment.deliveryCode)) {
        countWrongCode(shipment, now);
        failKeeping('shipments.wrong_code');
      }
      shipment.proofKind = 'code';
    } else {
      const uploadIds = [proof.imageId];
      const attached = await attachUploads(tx, { ownerId: userId, uploadIds, purpose: 'evidence' });
      if (typeof attached === 'string') fail(attached);
      shipment.proofKind = 'photo';
      shipment.proofUploadId = proof.imageId;
      if (!(await flushUnique(tx.db, 'shipment_proof'))) fail('shipments.proof_used');
    }
    return makeHubMove({ tx, userId, fail }, shipment, { name: 'deliver' });
  },
});

/** Nobody's view changes by a wrong code, so the version stays. */
function countWrongCode(shipment: Shipment, now: Date): void {
  shipment.codeTries += 1;
  if (shipment.codeTries < shipmentRules.codeTriesMax) return;
  shipment.codeTries = 0;
  shipment.codeLockedUntil = new Date(now.getTime() + shipmentRules.codeLockMs);
}

function sameCode(given: string, stored: string): boolean {
  const digest = (code: string) => createHash('sha256').update(code).digest();
  return timingSafeEqual(digest(given), digest(stored));
}

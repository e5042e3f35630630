import { exportRowsMax, type PersonalData } from '../kernel/personal-data.ts';
import { ChargebackEvidenceEntity, ChargebackShareEntity } from './chargeback-entities.ts';
import { DisputeEntity, DisputeStatementEntity, RefundRequestEntity } from './entities.ts';
import { openDisputeStates } from './machine.ts';
import { disputeView, refundRequestView, withStatements } from './views.ts';

const newest = { orderBy: { id: 'desc' }, limit: exportRowsMax } as const;

/** Nothing to forget: what the sides said is why money went where it did, and it names them by their ids alone. */
export const disputesPersonal: PersonalData = {
  async export({ db, userId }) {
    const own = { $or: [{ buyerId: userId }, { sellerId: userId }] };
    const requests = await db.find(RefundRequestEntity, own, newest);
    const disputes = await withStatements(db, await db.find(DisputeEntity, own, newest));
    const statements = await db.find(DisputeStatementEntity, { authorId: userId }, newest);
    const side = ({ buyerId }: { buyerId: string }) => (buyerId === userId ? 'buyer' : 'seller');
    const evidence = await db.find(
      ChargebackEvidenceEntity,
      { $or: [{ authorId: userId }, { sellerId: userId }] },
      newest,
    );
    const charged = await db.find(ChargebackShareEntity, { sellerId: userId }, { limit: exportRowsMax });
    return {
      chargebackShares: charged.map(({ chargebackId, orderId, amountMinor }) => ({
        chargebackId,
        orderId,
        amountMinor,
      })),
      chargebackEvidence: evidence.map(({ chargebackId, text, evidenceIds, createdAt }) => ({
        chargebackId,
        text,
        evidenceIds,
        createdAt,
      })),
      refundRequests: requests.map((request) => refundRequestView(request, side(request))),
      disputes: disputes.map((file) => disputeView(file, side(file.dispute))),
      disputeStatements: statements.map(({ disputeId, text, evidenceIds, createdAt }) => ({
        disputeId,
        text,
        evidenceIds,
        createdAt,
      })),
    };
  },
  async blockers(tx, userId) {
    const own = { $or: [{ buyerId: userId }, { sellerId: userId }] };
    const disputes = await tx.db.count(DisputeEntity, { ...own, state: { $in: [...openDisputeStates] } });
    const requests = await tx.db.count(RefundRequestEntity, { ...own, state: 'requested' });
    return [...(disputes > 0 ? ['disputes'] : []), ...(requests > 0 ? ['refundRequests'] : [])];
  },
};

import { defineArea } from '../kernel/define.ts';
import { ChargebackEntity, ChargebackEvidenceEntity, ChargebackShareEntity } from './chargeback-entities.ts';
import { chargebackChanged } from './chargeback-events.ts';
import { chargebackMachine } from './chargeback-machine.ts';
import { approveRefund } from './commands/approve-refund.ts';
import { claimDispute } from './commands/claim-dispute.ts';
import { denyRefund } from './commands/deny-refund.ts';
import { openDisputeCommand } from './commands/open-dispute.ts';
import { openDisputeEvidence, openRequestEvidence } from './commands/open-evidence.ts';
import { applyChargebackFact, claimChargebackFacts } from './commands/process-chargebacks.ts';
import { requestRefund } from './commands/request-refund.ts';
import { resolveDispute } from './commands/resolve-dispute.ts';
import { respond } from './commands/respond.ts';
import { claimEvidence, recordEvidence } from './commands/send-evidence.ts';
import { stepEscrow } from './commands/step-escrow.ts';
import { submitEvidence } from './commands/submit-evidence.ts';
import { escalateRequests, lapseDisputes } from './commands/sweeps.ts';
import { withdrawDispute } from './commands/withdraw-dispute.ts';
import { withdrawRefund } from './commands/withdraw-refund.ts';
import { DisputeEntity, DisputeStatementEntity, RefundRequestEntity } from './entities.ts';
import { EscrowStepEntity } from './escrow-step-entity.ts';
import { disputesErrors } from './errors.ts';
import { disputeChanged, refundRequestChanged } from './events.ts';
import { escalateRequestsJob, lapseDisputesJob, processChargebacks, sendEvidence } from './jobs.ts';
import { disputeMachine, refundRequestMachine } from './machine.ts';
import { disputesPersonal } from './personal.ts';
import { disputeQueue } from './queries/dispute-queue.ts';
import { getChargeback } from './queries/get-chargeback.ts';
import { listChargebacks } from './queries/list-chargebacks.ts';
import { getDispute } from './queries/get-dispute.ts';
import { getRefund } from './queries/get-refund.ts';
import { listDisputes } from './queries/list-disputes.ts';
import { listRefunds } from './queries/list-refunds.ts';
import { chargebackSnapshot, disputeSnapshot, refundRequestSnapshot } from './snapshot.ts';

export { disputeSettingsPort } from './settings.ts';

export const disputes = defineArea({
  name: 'disputes',
  operations: [
    requestRefund,
    approveRefund,
    denyRefund,
    withdrawRefund,
    getRefund,
    listRefunds,
    openRequestEvidence,
    escalateRequests,
    openDisputeCommand,
    respond,
    withdrawDispute,
    getDispute,
    listDisputes,
    disputeQueue,
    claimDispute,
    resolveDispute,
    openDisputeEvidence,
    lapseDisputes,
    getChargeback,
    listChargebacks,
    submitEvidence,
    claimChargebackFacts,
    applyChargebackFact,
    claimEvidence,
    recordEvidence,
    stepEscrow,
  ],
  errors: disputesErrors,
  events: [refundRequestChanged, disputeChanged, chargebackChanged],
  machines: [refundRequestMachine, disputeMachine, chargebackMachine],
  jobs: [escalateRequestsJob, lapseDisputesJob, processChargebacks, sendEvidence],
  snapshots: [refundRequestSnapshot, disputeSnapshot, chargebackSnapshot],
  personal: disputesPersonal,
  entities: [
    RefundRequestEntity,
    DisputeEntity,
    DisputeStatementEntity,
    ChargebackEntity,
    ChargebackShareEntity,
    ChargebackEvidenceEntity,
    EscrowStepEntity,
  ],
});

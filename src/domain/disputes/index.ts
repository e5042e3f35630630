import { defineArea } from '../kernel/define.ts';
import { approveRefund } from './commands/approve-refund.ts';
import { claimDispute } from './commands/claim-dispute.ts';
import { denyRefund } from './commands/deny-refund.ts';
import { openDisputeCommand } from './commands/open-dispute.ts';
import { openDisputeEvidence, openRequestEvidence } from './commands/open-evidence.ts';
import { requestRefund } from './commands/request-refund.ts';
import { resolveDispute } from './commands/resolve-dispute.ts';
import { respond } from './commands/respond.ts';
import { escalateRequests, lapseDisputes } from './commands/sweeps.ts';
import { withdrawDispute } from './commands/withdraw-dispute.ts';
import { withdrawRefund } from './commands/withdraw-refund.ts';
import { DisputeEntity, DisputeStatementEntity, RefundRequestEntity } from './entities.ts';
import { disputesErrors } from './errors.ts';
import { disputeChanged, refundRequestChanged } from './events.ts';
import { escalateRequestsJob, lapseDisputesJob } from './jobs.ts';
import { disputeMachine, refundRequestMachine } from './machine.ts';
import { disputesPersonal } from './personal.ts';
import { disputeQueue } from './queries/dispute-queue.ts';
import { getDispute } from './queries/get-dispute.ts';
import { getRefund } from './queries/get-refund.ts';
import { listDisputes } from './queries/list-disputes.ts';
import { listRefunds } from './queries/list-refunds.ts';
import { disputeSnapshot, refundRequestSnapshot } from './snapshot.ts';

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
  ],
  errors: disputesErrors,
  events: [refundRequestChanged, disputeChanged],
  machines: [refundRequestMachine, disputeMachine],
  jobs: [escalateRequestsJob, lapseDisputesJob],
  snapshots: [refundRequestSnapshot, disputeSnapshot],
  personal: disputesPersonal,
  entities: [RefundRequestEntity, DisputeEntity, DisputeStatementEntity],
});

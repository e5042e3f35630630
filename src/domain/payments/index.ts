import { defineArea } from '../kernel/define.ts';
import { bookPastPayments, bookPastPaymentsJob } from './commands/book-past.ts';
import { cancelPayment } from './commands/cancel.ts';
import { claimPolls, recordAnswer } from './commands/poll.ts';
import { applyStoredEvent, claimEvents } from './commands/process.ts';
import { capturePayment } from './commands/capture.ts';
import { compareCharges, findMissingCharges, reconcileCharge } from './commands/compare-charges.ts';
import { startReconciliation } from './commands/reconcile.ts';
import { receiveWebhook } from './commands/receive-webhook.ts';
import { claimRefunds } from './commands/refund.ts';
import { settle } from './commands/settle.ts';
import { expireTopUps } from './commands/expire-top-ups.ts';
import { startPayment } from './commands/start.ts';
import { claimSubmissions, recordSubmission } from './commands/submit.ts';
import { topUpWallet } from './commands/top-up.ts';
import { DifferenceEntity, PaymentEntity, ProviderEventEntity, RefundEntity } from './entities.ts';
import { paymentErrors } from './errors.ts';
import { paymentChanged } from './events.ts';
import { expireWalletTopUps } from './jobs/expire-top-ups.ts';
import { pollPayments } from './jobs/poll.ts';
import { processEvents } from './jobs/process.ts';
import { reconcilePayments } from './jobs/reconcile.ts';
import { refundPayments } from './jobs/refund.ts';
import { settlePayments } from './jobs/settle.ts';
import { submitPayments } from './jobs/submit.ts';
import { paymentMachine, refundMachine } from './machine.ts';
import { paymentsPersonal } from './personal.ts';
import { getPayment } from './queries/get-payment.ts';
import { listPayments } from './queries/list-payments.ts';
import { listDifferences } from './queries/list-differences.ts';
import { paymentSnapshot } from './snapshot.ts';

export { findAttempt, type Attempt } from './attempts.ts';
export { refundPayments };
export { callProvider } from './calling.ts';
export { recordCashCollected, recordCashRemitted } from './cash.ts';
export { paymentChanged } from './events.ts';
export { ChargebackFact, PayoutFact } from './facts.ts';
export { claimFacts, lockFact, settleFact, storeAnswer, type StoredFact } from './provider-events.ts';
export { closeChargebackOf, openChargebackOf } from './held-refunds.ts';
export { paymentProvidersPort, type PaymentProvider, type ProviderMessage } from './provider.ts';
export { refundFromEscrow, type Refunded } from './refunding.ts';
export { createSandboxBank, type SandboxBank } from './sandbox/bank.ts';
export { createSandboxProvider } from './sandbox/provider.ts';
export { paymentSettingsPort, type Disagreement, type Refusal } from './settings.ts';

export const payments = defineArea({
  name: 'payments',
  operations: [
    startPayment,
    topUpWallet,
    expireTopUps,
    bookPastPayments,
    getPayment,
    listPayments,
    cancelPayment,
    capturePayment,
    receiveWebhook,
    claimEvents,
    applyStoredEvent,
    claimSubmissions,
    recordSubmission,
    claimPolls,
    recordAnswer,
    claimRefunds,
    settle,
    compareCharges,
    reconcileCharge,
    findMissingCharges,
    startReconciliation,
    listDifferences,
  ],
  errors: paymentErrors,
  events: [paymentChanged],
  machines: [paymentMachine, refundMachine],
  jobs: [
    submitPayments,
    processEvents,
    pollPayments,
    settlePayments,
    refundPayments,
    expireWalletTopUps,
    reconcilePayments,
    bookPastPaymentsJob,
  ],
  snapshots: [paymentSnapshot],
  personal: paymentsPersonal,
  entities: [PaymentEntity, ProviderEventEntity, RefundEntity, DifferenceEntity],
});

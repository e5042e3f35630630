import { defineArea } from '../kernel/define.ts';
import { cancelPayout } from './commands/cancel.ts';
import { checkLedger, checkLedgerJob } from './commands/check-ledger.ts';
import { makePayouts } from './commands/make.ts';
import { onboard } from './commands/onboard.ts';
import { applyPayoutFact, claimPayoutFacts, recordAnswer } from './commands/record.ts';
import { batchPayouts, schedulePayouts } from './commands/schedule.ts';
import { claimPolls, claimSubmissions } from './commands/submit.ts';
import { withdraw } from './commands/withdraw.ts';
import { DestinationEntity, PayoutBatchEntity, PayoutEntity } from './entities.ts';
import { payoutsErrors } from './errors.ts';
import { payoutChanged } from './events.ts';
import { applyPayoutFacts } from './jobs/apply.ts';
import { pollPayouts } from './jobs/poll.ts';
import { submitPayouts } from './jobs/submit.ts';
import { batchDuePayouts, makeDuePayouts } from './jobs/sweeps.ts';
import { payoutMachine } from './machine.ts';
import { payoutsPersonal } from './personal.ts';
import { getDestination } from './queries/destination.ts';
import { getPayout, listPayouts } from './queries/list-payouts.ts';
import { listTransactions } from './queries/list-transactions.ts';
import { orderStatement } from './queries/statement.ts';
import { payoutSnapshot } from './snapshot.ts';

export { ledgerAlarmPort } from './books/alarm.ts';
export type { CheckResult } from './books/check.ts';
export { checkBooks } from './books/checking.ts';
export { createSandboxOnboarding } from './onboarding.ts';
export { payoutSettingsPort } from './settings.ts';

export const payouts = defineArea({
  name: 'payouts',
  operations: [
    onboard,
    getDestination,
    withdraw,
    listPayouts,
    getPayout,
    orderStatement,
    listTransactions,
    cancelPayout,
    schedulePayouts,
    makePayouts,
    batchPayouts,
    claimSubmissions,
    claimPolls,
    recordAnswer,
    claimPayoutFacts,
    applyPayoutFact,
    checkLedger,
  ],
  errors: payoutsErrors,
  events: [payoutChanged],
  machines: [payoutMachine],
  jobs: [makeDuePayouts, batchDuePayouts, submitPayouts, pollPayouts, applyPayoutFacts, checkLedgerJob],
  snapshots: [payoutSnapshot],
  personal: payoutsPersonal,
  entities: [PayoutEntity, PayoutBatchEntity, DestinationEntity],
});

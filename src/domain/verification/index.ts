import { defineArea } from '../kernel/define.ts';
import { claimVerification } from './commands/claim.ts';
import { openDocument } from './commands/document.ts';
import { reviewVerification } from './commands/review.ts';
import { revokeVerification } from './commands/revoke.ts';
import { submitVerification } from './commands/submit.ts';
import { deleteDocuments, expireVerifications, remindOfExpiry } from './commands/sweeps.ts';
import { VerificationDocumentEntity, VerificationEntity } from './entities.ts';
import { verificationErrors } from './errors.ts';
import { verificationChanged } from './events.ts';
import { verificationJobs } from './jobs.ts';
import { verificationMachine } from './machine.ts';
import { verificationData } from './personal.ts';
import { getVerification } from './queries/get.ts';
import { reviewQueue } from './queries/queue.ts';
import { verificationSnapshot } from './snapshot.ts';

export { verificationSettingsPort } from './settings.ts';

export const verification = defineArea({
  name: 'verification',
  operations: [
    submitVerification,
    getVerification,
    reviewQueue,
    claimVerification,
    reviewVerification,
    revokeVerification,
    openDocument,
    expireVerifications,
    remindOfExpiry,
    deleteDocuments,
  ],
  errors: verificationErrors,
  events: [verificationChanged],
  machines: [verificationMachine],
  jobs: verificationJobs,
  snapshots: [verificationSnapshot],
  personal: verificationData,
  entities: [VerificationEntity, VerificationDocumentEntity],
});

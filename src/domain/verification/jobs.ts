import { defineSweep } from '../kernel/define.ts';
import { limits } from '../kernel/limits.ts';
import { deleteDocuments, expireVerifications, remindOfExpiry } from './commands/sweeps.ts';

const shared = { everySeconds: 600, batch: limits.sweepBatch } as const;

export const verificationJobs = [expireVerifications, remindOfExpiry, deleteDocuments].map((command) =>
  defineSweep({ ...shared, name: command.name, summary: command.summary, command }),
);

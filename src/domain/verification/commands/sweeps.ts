import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import { z } from 'zod';
import { userChanged } from '../../identity/index.ts';
import { defineCommand } from '../../kernel/define.ts';
import { limits } from '../../kernel/limits.ts';
import { bump } from '../../kernel/machine.ts';
import { discardUploads } from '../../media/index.ts';
import { VerificationEntity } from '../entities.ts';
import { verificationChanged } from '../events.ts';
import { moveVerification, settleIdentity, supersede, tellVerification } from '../moving.ts';
import { documentsOf } from '../views.ts';

const swept = {
  access: 'system',
  input: z.strictObject({}),
  output: z.object({ swept: z.int() }),
  errors: [],
  emits: [verificationChanged, userChanged],
} as const;
const skipLocked = {
  lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE,
  refresh: true,
  limit: limits.sweepBatch,
} as const;
const openStates = ['submitted', 'in_review', 'rejected'] as const;

export const expireVerifications = defineCommand({
  ...swept,
  name: 'verification.expire',
  summary: 'End approvals whose document has run out.',
  async run({ tx }) {
    const at = await tx.now();
    const due = { state: 'approved', expiresAt: { $lte: at } } as const;
    const expired = await tx.db.find(VerificationEntity, due, { ...skipLocked, orderBy: { userId: 'asc', id: 'asc' } });
    for (const verification of expired) {
      moveVerification(verification, { name: 'expire', by: 'system', at });
      verification.remindAt = null;
      await tellVerification(tx, verification, 'expired');
      const { userId, kind } = verification;
      const renewals = await tx.db.count(VerificationEntity, { userId, kind, state: { $in: [...openStates] } });
      if (renewals > 0) await supersede(tx, verification);
      await settleIdentity(tx, userId);
    }
    return { swept: expired.length };
  },
});

export const remindOfExpiry = defineCommand({
  ...swept,
  name: 'verification.remind',
  summary: 'Remind people, once, of documents that run out in 30 days.',
  async run({ tx }) {
    const at = await tx.now();
    const due = { state: 'approved', remindAt: { $lte: at } } as const;
    const ending = await tx.db.find(VerificationEntity, due, { ...skipLocked, orderBy: { remindAt: 'asc' } });
    for (const verification of ending) {
      verification.remindAt = null;
      bump(verification, at);
      await tellVerification(tx, verification, 'expiring');
    }
    return { swept: ending.length };
  },
});

export const deleteDocuments = defineCommand({
  ...swept,
  name: 'verification.deleteDocuments',
  summary: 'Delete the documents of submissions that were decided long enough ago.',
  async run({ tx }) {
    const at = await tx.now();
    const due = { documentsDueAt: { $lte: at } };
    const kept = await tx.db.find(VerificationEntity, due, { ...skipLocked, orderBy: { documentsDueAt: 'asc' } });
    const documents = await documentsOf(tx.db, kept);
    await discardUploads(tx, [...documents.values()].flat());
    const ids = `{${kept.map(({ id }) => id).join(',')}}`;
    await sql`delete from verification_document where verification_id = any(${ids}::uuid[])`.execute(tx.sql);
    for (const verification of kept) {
      verification.documentsDueAt = null;
      bump(verification, at);
      await tellVerification(tx, verification, 'documents_deleted');
    }
    return { swept: kept.length };
  },
});

import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { Timestamp } from '../../kernel/timestamp.ts';
import { privateLink } from '../../media/index.ts';
import { VerificationDocumentEntity, VerificationEntity, VerificationId } from '../entities.ts';

/** A command though it only reads, because each look at somebody's papers is written down. */
export const openDocument = defineCommand({
  name: 'verification.document',
  access: 'moderator',
  ratePerMinute: 60,
  summary: 'A URL of one document of a submission, for five minutes. Each call is logged with whose document it is.',
  input: z.strictObject({ verificationId: VerificationId, documentId: z.uuid() }),
  output: z.object({ url: z.string(), expiresAt: Timestamp }),
  errors: ['verification.not_found', 'uploads.not_found', 'uploads.not_ready'],
  async run({ input: { verificationId, documentId }, tx, fail }) {
    const verification = await tx.db.findOne(VerificationEntity, { id: verificationId });
    const held = await tx.db.count(VerificationDocumentEntity, { verificationId, uploadId: documentId });
    if (!verification || held === 0) return fail('verification.not_found');
    const signed = await privateLink(tx, documentId);
    if (typeof signed === 'string') return fail(signed);
    tx.audit({
      action: 'verification.documentOpened',
      subject: { kind: 'user', id: verification.userId },
      details: { verificationId, documentId },
    });
    return signed;
  },
});

import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { applyMove } from '../../kernel/machine.ts';
import { UploadEntity, UploadId } from '../entities.ts';
import { tellOwner, uploadChanged } from '../events.ts';
import { uploadMachine } from '../machine.ts';
import { mediaRules } from '../rules.ts';
import { rejectUpload } from './claim.ts';

const measured = {
  sizeBytes: z.int(),
  width: z.int().nullable(),
  height: z.int().nullable(),
  thumbhash: z.string().nullable(),
};

export const Outcome = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ready'), ...measured }),
  z.strictObject({
    kind: z.literal('rejected'),
    reason: z.enum(['missing', 'too_large', 'type_mismatch', 'not_decodable']),
  }),
  z.strictObject({ kind: z.literal('failed') }),
]);
export type Outcome = z.infer<typeof Outcome>;

export const recordUpload = defineCommand({
  name: 'uploads.record',
  access: 'system',
  summary: 'Note what an attempt at processing an upload came to.',
  input: z.strictObject({ uploadId: UploadId, attempt: z.int(), outcome: Outcome }),
  output: z.object({}),
  errors: [],
  emits: [uploadChanged],
  async run({ input: { uploadId, attempt, outcome }, tx }) {
    const upload = await tx.db.findOne(UploadEntity, { id: uploadId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    // Discarded while it was being processed: what the attempt wrote meanwhile is to be removed as well.
    if (upload?.discardedAt) upload.cleanedAt = null;
    // A slow attempt whose lease another one took over has nothing to say any more.
    if (upload?.state !== 'confirmed' || upload.attempts !== attempt) return {};
    const now = await tx.now();
    if (outcome.kind === 'failed') {
      upload.claimedUntil = new Date(now.getTime() + mediaRules.processRetryMs * attempt);
    } else if (outcome.kind === 'rejected') {
      await rejectUpload(tx, upload, outcome.reason);
    } else {
      applyMove(uploadMachine, upload, { name: 'finish', by: 'system', at: now });
      const { sizeBytes, width, height, thumbhash } = outcome;
      Object.assign(upload, { sizeBytes, width, height, thumbhash });
      tellOwner(tx, upload);
    }
    return {};
  },
});

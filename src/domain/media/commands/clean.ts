import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { limits } from '../../kernel/limits.ts';
import { UploadEntity, UploadId } from '../entities.ts';
import { previewKey, resultKey } from '../views.ts';

/** Listed before removing and noted after: removing twice is harmless, forgetting would leave objects for ever. */
export const listLeftovers = defineCommand({
  name: 'uploads.listLeftovers',
  access: 'system',
  summary: 'List objects that nobody needs any more: originals, and all of what expired, was refused or discarded.',
  input: z.strictObject({}),
  output: z.object({ uploads: z.array(z.object({ id: UploadId, keys: z.array(z.string()) })) }),
  errors: [],
  async run({ tx }) {
    const uploads = await tx.db.find(
      UploadEntity,
      { state: { $in: ['ready', 'rejected', 'expired'] }, cleanedAt: null },
      { orderBy: { updatedAt: 'asc' }, limit: limits.sweepBatch },
    );
    return {
      uploads: uploads.map((upload) => {
        const { id, objectKey, state, discardedAt } = upload;
        return {
          id,
          keys:
            state === 'ready' && !discardedAt
              ? [objectKey]
              : [objectKey, previewKey(upload.resultPrefix), resultKey(upload)],
        };
      }),
    };
  },
});

export const recordCleaned = defineCommand({
  name: 'uploads.recordCleaned',
  access: 'system',
  summary: 'Note that the objects of these uploads are removed.',
  input: z.strictObject({ uploadIds: z.array(UploadId).max(limits.sweepBatch) }),
  output: z.object({}),
  errors: [],
  async run({ input, tx }) {
    const cleanedAt = await tx.now();
    await tx.db.nativeUpdate(UploadEntity, { id: { $in: input.uploadIds }, cleanedAt: null }, { cleanedAt });
    return {};
  },
});

import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import { applyMove } from '../../kernel/machine.ts';
import { UploadEntity, UploadId, type Upload } from '../entities.ts';
import { tellOwner, uploadChanged } from '../events.ts';
import { uploadMachine } from '../machine.ts';
import { mediaRules } from '../rules.ts';

/** What the processing job needs to know; `attempt` fences off an attempt that outlived its lease. */
const Claimed = z.object({
  id: UploadId,
  attempt: z.int(),
  objectKey: z.string(),
  resultPrefix: z.string(),
  contentType: z.string(),
  sizeBytes: z.int(),
});

export const claimUploads = defineCommand({
  name: 'uploads.claim',
  access: 'system',
  summary: 'Take the next confirmed uploads for processing; give up on those that failed too often.',
  input: z.strictObject({}),
  output: z.object({ uploads: z.array(Claimed) }),
  errors: [],
  emits: [uploadChanged],
  async run({ tx }) {
    const now = await tx.now();
    const due = await tx.db.find(
      UploadEntity,
      { state: 'confirmed', $or: [{ claimedUntil: null }, { claimedUntil: { $lte: now } }] },
      {
        lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE,
        orderBy: { updatedAt: 'asc', id: 'asc' },
        limit: mediaRules.processBatch,
      },
    );
    const claimed = due.filter((upload) => upload.attempts < mediaRules.processAttemptsMax);
    for (const upload of due.filter((each) => !claimed.includes(each)))
      await rejectUpload(tx, upload, 'processing_failed');
    for (const upload of claimed) {
      upload.attempts += 1;
      upload.claimedUntil = new Date(now.getTime() + mediaRules.processLeaseMs);
    }
    return {
      uploads: claimed.map(({ id, attempts, objectKey, resultPrefix, contentType, sizeBytes }) => ({
        id,
        attempt: attempts,
        objectKey,
        resultPrefix,
        contentType,
        sizeBytes: sizeBytes ?? 0,
      })),
    };
  },
});

export async function rejectUpload(tx: Tx, upload: Upload, reason: string): Promise<void> {
  applyMove(uploadMachine, upload, { name: 'reject', by: 'system', at: await tx.now() });
  upload.reason = reason;
  tellOwner(tx, upload);
}

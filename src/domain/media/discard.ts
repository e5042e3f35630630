import { LockMode } from '@mikro-orm/core';
import type { Tx } from '../kernel/define.ts';
import { rejectUpload } from './commands/claim.ts';
import { UploadEntity } from './entities.ts';
import { cleanUploadsJob } from './jobs.ts';

/** Ends uploads that are not needed any more: nobody gets a link to them, and a job removes their objects. */
export async function discardUploads(tx: Tx, uploadIds: readonly string[]): Promise<void> {
  if (uploadIds.length === 0) return;
  const uploads = await tx.db.find(
    UploadEntity,
    { id: { $in: [...uploadIds] as never[] }, discardedAt: null },
    { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true, orderBy: { id: 'asc' } },
  );
  const at = await tx.now();
  for (const upload of uploads) {
    if (upload.state === 'confirmed') await rejectUpload(tx, upload, 'discarded');
    Object.assign(upload, { discardedAt: at, cleanedAt: null });
  }
  tx.nudge(cleanUploadsJob);
}

import { z } from 'zod';
import { defineEvent, type Tx } from '../kernel/define.ts';
import type { Upload } from './entities.ts';
import { UploadView, uploadView } from './views.ts';

export const uploadChanged = defineEvent({
  type: 'upload.changed',
  entity: 'upload',
  view: UploadView,
  change: z.undefined(),
});

/** Tells the owner. Clients keep unfinished uploads only: a final state also takes the upload off their list. */
export function tellOwner(tx: Tx, upload: Upload): void {
  const view = uploadView(tx, upload);
  const unfinished = upload.state === 'pending' || upload.state === 'confirmed';
  tx.emit(uploadChanged, upload.ownerId, { view: unfinished ? view : { ...view, deleted: true } });
}

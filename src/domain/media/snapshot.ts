import type { SnapshotPart } from '../kernel/define.ts';
import { UploadEntity } from './entities.ts';
import { uploadView } from './views.ts';

/** Uploads that are not finished; `mediaRules.unfinishedPerOwnerMax` bounds them. */
export const uploadSnapshot: SnapshotPart = {
  entity: 'upload',
  async load({ db, userId, port }) {
    const uploads = await db.find(UploadEntity, { ownerId: userId, state: { $in: ['pending', 'confirmed'] } });
    return uploads.map((upload) => uploadView({ port }, upload));
  },
};

import type { Db, Tx } from '../kernel/define.ts';
import { UploadEntity } from './entities.ts';
import type { UploadState } from './machine.ts';
import type { Purpose } from './rules.ts';

export interface AttachedUpload {
  readonly id: string;
  /** For `imageUrls`. */
  readonly prefix: string;
}

/** Why uploads cannot be attached; declare both codes in the commands that attach. */
export type AttachFailure = 'uploads.not_found' | 'uploads.not_confirmed';

/**
 * Checks that a person may use these uploads for a purpose and returns them in the order asked for.
 * Others' uploads and those of another purpose are `uploads.not_found`.
 */
export async function attachUploads(
  tx: Pick<Tx, 'db'>,
  { ownerId, uploadIds, purpose }: { ownerId: string; uploadIds: readonly string[]; purpose: Purpose },
): Promise<AttachedUpload[] | AttachFailure> {
  if (uploadIds.length === 0) return [];
  const found = await tx.db.find(UploadEntity, {
    id: { $in: [...new Set(uploadIds)] as never[] },
    ownerId: ownerId as never,
    purpose,
    discardedAt: null,
  });
  const byId = new Map(found.map((upload) => [upload.id, upload]));
  const attached: AttachedUpload[] = [];
  for (const id of uploadIds) {
    const upload = byId.get(id);
    if (!upload) return 'uploads.not_found';
    if (upload.state !== 'confirmed' && upload.state !== 'ready') return 'uploads.not_confirmed';
    attached.push({ id, prefix: upload.resultPrefix });
  }
  return attached;
}

export interface UploadResult {
  readonly state: UploadState;
  readonly width: number | null;
  readonly height: number | null;
  readonly thumbhash: string | null;
}

/** What processing has made of uploads so far. */
export async function uploadResults(db: Db, ids: readonly string[]): Promise<Map<string, UploadResult>> {
  const uploads = await db.find(UploadEntity, { id: { $in: [...ids] as never[] } });
  return new Map(
    uploads.map(({ id, state, width, height, thumbhash }) => [
      id,
      { state, width: width ?? null, height: height ?? null, thumbhash: thumbhash ?? null },
    ]),
  );
}

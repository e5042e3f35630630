import { z } from 'zod';
import type { Db } from '../kernel/define.ts';
import { orNull } from '../kernel/or-null.ts';
import type { Port } from '../kernel/ports.ts';
import { iso, Timestamp } from '../kernel/timestamp.ts';
import { UploadEntity, UploadId, type Upload } from './entities.ts';
import { uploadMachine } from './machine.ts';
import { contentTypes, extensionOf, objectStorePort, type ObjectStore } from './object-store.ts';
import { isImage, purposeRules, purposes } from './rules.ts';

/** What reading views needs; every operation's context and every `Tx` fits. */
export interface Reader {
  readonly db: Db;
  port<T>(port: Port<T>): T;
}

/**
 * A public image for other areas' views. The URLs are fixed from confirmation on and answer once the upload is
 * `ready`, so a view that holds them does not change when processing ends.
 */
export const ImageView = z.object({ id: UploadId, previewUrl: z.string(), url: z.string() });
export type ImageView = z.infer<typeof ImageView>;

/** An upload as its owner sees it. Its URLs answer once the state is `ready`; private purposes have none. */
export const UploadView = z.object({
  id: UploadId,
  version: z.int(),
  /** Set in events once processing is over: the upload leaves the list of unfinished ones. */
  deleted: z.literal(true).optional(),
  purpose: z.enum(purposes),
  state: z.enum(uploadMachine.states),
  objectKey: z.string(),
  listingId: orNull(z.uuid()),
  filename: z.string(),
  contentType: z.enum(Object.values(contentTypes)),
  sizeBytes: orNull(z.int()),
  width: orNull(z.int()),
  height: orNull(z.int()),
  thumbhash: orNull(z.string()),
  previewUrl: orNull(z.string()),
  url: orNull(z.string()),
  reason: orNull(z.string()),
  deadline: orNull(Timestamp),
  createdAt: Timestamp,
});

export function previewKey(prefix: string): string {
  return `${prefix}/preview.webp`;
}

/** Images are re-encoded as WebP; other files keep their type. */
export function resultKey({ resultPrefix, contentType }: Pick<Upload, 'resultPrefix' | 'contentType'>): string {
  return isImage(contentType) ? `${resultPrefix}/full.webp` : `${resultPrefix}/file.${extensionOf(contentType)}`;
}

/** URLs of an attached public image from the prefix that `attachUploads` gave. */
export function imageUrls(store: ObjectStore, prefix: string): { previewUrl: string; url: string } {
  return { previewUrl: store.publicUrl(previewKey(prefix)), url: store.publicUrl(`${prefix}/full.webp`) };
}

export function uploadView({ port }: Pick<Reader, 'port'>, upload: Upload): z.input<typeof UploadView> {
  const { id, version, purpose, state, objectKey, listingId, filename, contentType, sizeBytes, width, height } = upload;
  const { thumbhash, reason, deadline, createdAt, resultPrefix } = upload;
  const shown = purposeRules[purpose].visibility === 'public' && (state === 'confirmed' || state === 'ready');
  const urls = shown ? imageUrls(port(objectStorePort), resultPrefix) : { previewUrl: null, url: null };
  return {
    id,
    version,
    purpose,
    state,
    objectKey,
    listingId,
    filename,
    contentType,
    sizeBytes,
    width,
    height,
    thumbhash,
    ...urls,
    reason,
    deadline: iso(deadline),
    createdAt: iso(createdAt),
  };
}

/** Public images by upload id, for other areas' views. Private, unconfirmed and rejected ones are absent. */
export async function uploadViews({ db, port }: Reader, ids: readonly string[]): Promise<Map<string, ImageView>> {
  if (ids.length === 0) return new Map();
  const uploads = await db.find(UploadEntity, {
    id: { $in: [...new Set(ids)] as never[] },
    state: { $in: ['confirmed', 'ready'] },
  });
  const shown = uploads.filter(({ purpose }) => purposeRules[purpose].visibility === 'public');
  return new Map(shown.map(({ id, resultPrefix }) => [id, { id, ...imageUrls(port(objectStorePort), resultPrefix) }]));
}

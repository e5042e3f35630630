import { iso } from '../kernel/timestamp.ts';
import { UploadEntity } from './entities.ts';
import { objectStorePort } from './object-store.ts';
import { mediaRules } from './rules.ts';
import { resultKey, type Reader } from './views.ts';

/**
 * A URL of a processed upload that works for `mediaRules.linkExpiresInMs`; signing is local arithmetic. Whether the
 * asker may have it is the caller's to know.
 */
export async function privateLink(
  { db, port, now }: Reader & { now(): Promise<Date> },
  uploadId: string,
): Promise<{ url: string; expiresAt: string } | 'uploads.not_found' | 'uploads.not_ready'> {
  const upload = await db.findOne(UploadEntity, { id: uploadId as never, discardedAt: null });
  if (!upload) return 'uploads.not_found';
  if (upload.state !== 'ready') return 'uploads.not_ready';
  const expiresInMs = mediaRules.linkExpiresInMs;
  const url = await port(objectStorePort).signedUrl(resultKey(upload), { expiresInMs });
  return { url, expiresAt: iso(new Date((await now()).getTime() + expiresInMs)) };
}

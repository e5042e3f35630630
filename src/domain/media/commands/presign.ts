import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { newId } from '../../kernel/ids.ts';
import { iso, Timestamp } from '../../kernel/timestamp.ts';
import { UploadEntity, UploadId } from '../entities.ts';
import { tellOwner, uploadChanged } from '../events.ts';
import { extensionOf, objectStorePort, type ContentType } from '../object-store.ts';
import { mediaRules, purposeRules, purposes, randomName, sanitiseFilename } from '../rules.ts';

export const presign = defineCommand({
  name: 'uploads.presign',
  access: 'user',
  ratePerMinute: 60,
  summary: 'Get a URL to PUT one file to, with exactly the announced Content-Type; then confirm it.',
  input: z.strictObject({
    filename: z.string().min(1).max(255),
    contentType: z.string().max(100),
    purpose: z.enum(purposes),
    listingId: z.uuid().optional(),
    sizeBytes: z.int().min(1).optional(),
  }),
  output: z.object({
    uploadId: UploadId,
    objectKey: z.string(),
    uploadUrl: z.string(),
    headers: z.record(z.string(), z.string()),
    expiresAt: Timestamp,
    maxBytes: z.int(),
  }),
  errors: ['uploads.type_not_allowed', 'uploads.too_large', 'uploads.too_many'],
  emits: [uploadChanged],
  async run({ input, actor, tx, fail }) {
    const { types, maxBytes, visibility } = purposeRules[input.purpose];
    const contentType = input.contentType as ContentType;
    if (!types.includes(contentType)) fail('uploads.type_not_allowed');
    if ((input.sizeBytes ?? 0) > maxBytes) fail('uploads.too_large');
    const unfinished = await tx.db.count(UploadEntity, {
      ownerId: actor.userId,
      state: { $in: ['pending', 'confirmed'] },
    });
    if (unfinished >= mediaRules.unfinishedPerOwnerMax) fail('uploads.too_many');
    const now = await tx.now();
    const upload = tx.db.create(UploadEntity, {
      id: newId(),
      ownerId: actor.userId,
      purpose: input.purpose,
      listingId: input.listingId ?? null,
      filename: sanitiseFilename(input.filename),
      contentType,
      objectKey: `incoming/${randomName()}.${extensionOf(contentType)}`,
      resultPrefix: `${visibility}/${randomName()}`,
      state: 'pending',
      sizeBytes: null,
      width: null,
      height: null,
      thumbhash: null,
      reason: null,
      deadline: new Date(now.getTime() + mediaRules.unconfirmedMs),
      attempts: 0,
      claimedUntil: null,
      cleanedAt: null,
      discardedAt: null,
      version: 1,
      createdAt: now,
      updatedAt: now,
    });
    // Signing is local arithmetic: no request leaves the transaction.
    const { url: uploadUrl, headers } = await tx.port(objectStorePort).presignPut({
      key: upload.objectKey,
      contentType,
      maxBytes,
      expiresInMs: mediaRules.urlExpiresInMs,
    });
    tellOwner(tx, upload);
    const expiresAt = iso(new Date(now.getTime() + mediaRules.urlExpiresInMs));
    return { uploadId: upload.id, objectKey: upload.objectKey, uploadUrl, headers, expiresAt, maxBytes };
  },
});

import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { iso, Timestamp } from '../../kernel/timestamp.ts';
import { UploadEntity, UploadId } from '../entities.ts';
import { objectStorePort } from '../object-store.ts';
import { mediaRules } from '../rules.ts';
import { resultKey } from '../views.ts';

export const link = defineQuery({
  name: 'uploads.link',
  access: 'user',
  summary: 'A short-lived URL of your own processed upload; the only way to a private one.',
  input: z.strictObject({ uploadId: UploadId }),
  output: z.object({ url: z.string(), expiresAt: Timestamp }),
  errors: ['uploads.not_found', 'uploads.not_ready'],
  async run({ input, actor, db, port, now, fail }) {
    const upload = await db.findOne(UploadEntity, { id: input.uploadId, ownerId: actor.userId });
    if (!upload) return fail('uploads.not_found');
    if (upload.state !== 'ready') fail('uploads.not_ready');
    const expiresInMs = mediaRules.linkExpiresInMs;
    const url = await port(objectStorePort).signedUrl(resultKey(upload), { expiresInMs });
    return { url, expiresAt: iso(new Date((await now()).getTime() + expiresInMs)) };
  },
});

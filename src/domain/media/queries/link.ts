import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { Timestamp } from '../../kernel/timestamp.ts';
import { UploadEntity, UploadId } from '../entities.ts';
import { privateLink } from '../private-link.ts';

export const link = defineQuery({
  name: 'uploads.link',
  access: 'user',
  summary: 'A short-lived URL of your own processed upload; the only way to a private one.',
  input: z.strictObject({ uploadId: UploadId }),
  output: z.object({ url: z.string(), expiresAt: Timestamp }),
  errors: ['uploads.not_found', 'uploads.not_ready'],
  async run({ input, actor, db, port, now, fail }) {
    const owned = await db.count(UploadEntity, { id: input.uploadId, ownerId: actor.userId });
    if (owned === 0) return fail('uploads.not_found');
    const signed = await privateLink({ db, port, now }, input.uploadId);
    return typeof signed === 'string' ? fail(signed) : signed;
  },
});

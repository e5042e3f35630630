import { LockMode } from '@mikro-orm/core';
import { fileTypeFromBuffer } from 'file-type';
import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { applyMove } from '../../kernel/machine.ts';
import { UploadEntity } from '../entities.ts';
import { tellOwner, uploadChanged } from '../events.ts';
import { processUploadsJob } from '../jobs.ts';
import { uploadMachine } from '../machine.ts';
import { objectStorePort } from '../object-store.ts';
import { mediaRules, purposeRules } from '../rules.ts';
import { UploadView, uploadView } from '../views.ts';

const side = z.int().min(1).max(100_000).optional();

export const confirm = defineCommand({
  name: 'uploads.confirm',
  access: 'user',
  ratePerMinute: 60,
  summary: 'Say that the file is uploaded. Its size and type are checked now, its images are made soon after.',
  // The measures are what the client believes, told until the image has been processed.
  input: z.strictObject({ objectKey: z.string().min(1).max(200), width: side, height: side }),
  output: UploadView,
  errors: [
    'uploads.not_found',
    'uploads.expired',
    'uploads.rejected',
    'uploads.missing',
    'uploads.too_large',
    'uploads.type_mismatch',
  ],
  emits: [uploadChanged],
  async prepare({ input, actor, db, port, fail }) {
    const upload = await db.findOne(UploadEntity, { objectKey: input.objectKey, ownerId: actor.userId });
    if (!upload) return fail('uploads.not_found');
    if (upload.state !== 'pending') return { sizeBytes: null };
    const store = port(objectStorePort);
    const object = await store.head(upload.objectKey);
    if (!object) return fail('uploads.missing');
    if (object.sizeBytes > purposeRules[upload.purpose].maxBytes) fail('uploads.too_large');
    const start = await store.read(upload.objectKey, { maxBytes: mediaRules.sniffBytes });
    const sniffed = start && (await fileTypeFromBuffer(start));
    if (sniffed?.mime !== upload.contentType) fail('uploads.type_mismatch');
    return { sizeBytes: object.sizeBytes };
  },
  async run({ input, actor, prepared: { sizeBytes }, tx, fail }) {
    const upload = await tx.db.findOneOrFail(
      UploadEntity,
      { objectKey: input.objectKey, ownerId: actor.userId },
      { lockMode: LockMode.PESSIMISTIC_WRITE },
    );
    const now = await tx.now();
    if (upload.state === 'expired' || (upload.deadline && upload.deadline <= now)) fail('uploads.expired');
    if (upload.state === 'rejected') fail('uploads.rejected');
    // Confirming again is harmless: a client whose answer was lost asks once more.
    if (sizeBytes === null || !applyMove(uploadMachine, upload, { name: 'confirm', by: 'owner', at: now })) {
      return uploadView(tx, upload);
    }
    Object.assign(upload, { sizeBytes, width: input.width ?? null, height: input.height ?? null, deadline: null });
    tellOwner(tx, upload);
    tx.nudge(processUploadsJob);
    return uploadView(tx, upload);
  },
});

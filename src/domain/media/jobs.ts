import { fileTypeFromBuffer } from 'file-type';
import { defineJob, defineSweep, type JobContext } from '../kernel/define.ts';
import { limits } from '../kernel/limits.ts';
import { claimUploads } from './commands/claim.ts';
import { listLeftovers, recordCleaned } from './commands/clean.ts';
import { expireUploads } from './commands/expire.ts';
import { recordUpload, type Outcome } from './commands/record.ts';
import type { Upload } from './entities.ts';
import { processImage } from './images.ts';
import { objectStorePort, type ObjectStore } from './object-store.ts';
import { isImage, mediaRules } from './rules.ts';
import { previewKey, resultKey } from './views.ts';

type Claimed = Pick<Upload, 'objectKey' | 'resultPrefix' | 'contentType'> & { sizeBytes: number };

const roundsMax = 200;

export const processUploadsJob = defineJob({
  name: 'uploads.process',
  everySeconds: 10,
  summary: 'Make previews and clean copies of confirmed uploads.',
  async run({ execute, port, signal }) {
    for (let round = 0; round < roundsMax && !signal.aborted; round += 1) {
      const { uploads } = await execute(claimUploads, {});
      if (uploads.length === 0) return;
      for (const { id, attempt, ...claimed } of uploads) {
        const outcome = await processUpload(port(objectStorePort), claimed as Claimed);
        await execute(recordUpload, { uploadId: id, attempt, outcome });
      }
    }
  },
});

/** Never throws: storage that is away is a failed attempt, tried again later. */
async function processUpload(store: ObjectStore, upload: Claimed): Promise<Outcome> {
  try {
    // One byte more than was confirmed: the object may have been replaced since.
    const bytes = await store.read(upload.objectKey, { maxBytes: upload.sizeBytes + 1 });
    if (!bytes) return { kind: 'rejected', reason: 'missing' };
    if (bytes.length > upload.sizeBytes) return { kind: 'rejected', reason: 'too_large' };
    const sniffed = await fileTypeFromBuffer(bytes.subarray(0, mediaRules.sniffBytes));
    if (sniffed?.mime !== upload.contentType) return { kind: 'rejected', reason: 'type_mismatch' };
    const sizeBytes = bytes.length;
    if (!isImage(upload.contentType)) {
      await store.write(resultKey(upload), bytes, upload.contentType);
      return { kind: 'ready', sizeBytes, width: null, height: null, thumbhash: null };
    }
    const image = await processImage(bytes).catch(() => null);
    if (!image) return { kind: 'rejected', reason: 'not_decodable' };
    await store.write(resultKey(upload), image.full, 'image/webp');
    await store.write(previewKey(upload.resultPrefix), image.preview, 'image/webp');
    return { kind: 'ready', sizeBytes, width: image.width, height: image.height, thumbhash: image.thumbhash };
  } catch {
    return { kind: 'failed' };
  }
}

export const expireUploadsJob = defineSweep({
  name: 'uploads.expire',
  everySeconds: 60,
  summary: 'Expire uploads that nobody confirmed in time.',
  command: expireUploads,
  batch: limits.sweepBatch,
});

export const cleanUploadsJob = defineJob({
  name: 'uploads.clean',
  everySeconds: 60,
  summary: 'Remove originals and the objects of expired and refused uploads from the store.',
  async run({ execute, port, signal }: JobContext) {
    const store = port(objectStorePort);
    for (let round = 0; round < roundsMax && !signal.aborted; round += 1) {
      const { uploads } = await execute(listLeftovers, {});
      if (uploads.length === 0) return;
      for (const key of uploads.flatMap(({ keys }) => keys)) await store.remove(key);
      await execute(recordCleaned, { uploadIds: uploads.map(({ id }) => id) });
    }
  },
});

import { defineArea } from '../kernel/define.ts';
import { claimUploads } from './commands/claim.ts';
import { listLeftovers, recordCleaned } from './commands/clean.ts';
import { confirm } from './commands/confirm.ts';
import { expireUploads } from './commands/expire.ts';
import { presign } from './commands/presign.ts';
import { recordUpload } from './commands/record.ts';
import { UploadEntity } from './entities.ts';
import { mediaErrors } from './errors.ts';
import { uploadChanged } from './events.ts';
import { cleanUploadsJob, expireUploadsJob, processUploadsJob } from './jobs.ts';
import { uploadMachine } from './machine.ts';
import { mediaPersonal } from './personal.ts';
import { link } from './queries/link.ts';
import { uploadSnapshot } from './snapshot.ts';

export { attachUploads, uploadResults, type AttachedUpload, type AttachFailure } from './attach.ts';
export { discardUploads } from './discard.ts';
export { objectStorePort } from './object-store.ts';
export { privateLink } from './private-link.ts';
export { createDiskStore, type DiskStore } from './stores/disk.ts';
export { createS3Store, prepareBucket, type S3Settings } from './stores/s3.ts';
export { ImageView, imageUrls, uploadViews, type Reader } from './views.ts';

export const media = defineArea({
  name: 'media',
  operations: [presign, confirm, link, claimUploads, recordUpload, expireUploads, listLeftovers, recordCleaned],
  errors: mediaErrors,
  events: [uploadChanged],
  machines: [uploadMachine],
  jobs: [processUploadsJob, expireUploadsJob, cleanUploadsJob],
  snapshots: [uploadSnapshot],
  personal: mediaPersonal,
  entities: [UploadEntity],
});

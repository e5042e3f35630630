import { defineArea } from '../kernel/define.ts';
import { UploadEntity } from './entities.ts';
import { mediaErrors } from './errors.ts';
import { uploadChanged } from './events.ts';
import { uploadMachine } from './machine.ts';

export { attachUploads, uploadResults, type AttachedUpload, type AttachFailure, type UploadResult } from './attach.ts';
export { objectStorePort, type ObjectStore } from './object-store.ts';
export { createDiskStore, type DiskSettings, type DiskStore } from './stores/disk.ts';
export { ImageView, imageUrls, uploadViews, type Reader } from './views.ts';

export const media = defineArea({
  name: 'media',
  operations: [],
  errors: mediaErrors,
  events: [uploadChanged],
  machines: [uploadMachine],
  entities: [UploadEntity],
});

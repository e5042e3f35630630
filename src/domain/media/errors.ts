import { defineErrors } from '../kernel/errors.ts';

export const mediaErrors = defineErrors({
  'uploads.not_found': { retry: 'never', http: 404, text: 'You have no such upload for this purpose.' },
  'uploads.type_not_allowed': { retry: 'never', http: 422, text: 'This content type is not allowed for the purpose.' },
  'uploads.too_large': { retry: 'never', http: 413, text: 'The file is larger than the purpose allows.' },
  'uploads.too_many': {
    retry: 'later',
    http: 409,
    text: 'Too many of your uploads are unfinished; confirm them or wait.',
  },
  'uploads.expired': { retry: 'never', http: 409, text: 'The upload was not confirmed in time; start again.' },
  'uploads.rejected': { retry: 'never', http: 409, text: 'The upload was refused in processing; see its reason.' },
  'uploads.missing': { retry: 'later', http: 409, text: 'Nothing has been uploaded under this key yet.' },
  'uploads.type_mismatch': { retry: 'never', http: 422, text: 'The bytes are not of the type that was announced.' },
  'uploads.not_confirmed': { retry: 'refetch', http: 409, text: 'The upload is not confirmed, or was refused.' },
  'uploads.not_ready': { retry: 'later', http: 409, text: 'The upload is still being processed.' },
});

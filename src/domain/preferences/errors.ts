import { defineErrors } from '../kernel/errors.ts';

export const preferenceErrors = defineErrors({
  'devices.not_found': { retry: 'never', http: 404, text: 'You have no such device.' },
  'preferences.bad_token': { retry: 'never', http: 400, text: 'This is no token of a mail of ours.' },
  'devices.bad_token': {
    retry: 'never',
    http: 422,
    text: 'This is no push token of the platform, or its push service is not one that this server calls.',
  },
});

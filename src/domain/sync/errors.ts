import { defineErrors } from '../kernel/errors.ts';

export const syncErrors = defineErrors({
  'rooms.socket_required': { retry: 'never', http: 422, text: 'This only makes sense on a socket.' },
  'rooms.not_found': { retry: 'never', http: 404, text: 'There is no such room.' },
  'rooms.too_many': { retry: 'never', http: 409, text: 'This socket is in too many rooms; leave one first.' },
});

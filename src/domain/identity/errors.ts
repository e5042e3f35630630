import { defineErrors } from '../kernel/errors.ts';

export const identityErrors = defineErrors({
  'accounts.identifier_required': { retry: 'never', http: 422, text: 'Give an e-mail address, phone or username.' },
  'accounts.taken': { retry: 'never', http: 409, text: 'This e-mail address, phone number or username is taken.' },
  'sessions.wrong_credentials': { retry: 'never', http: 401, text: 'The identifier or the password is wrong.' },
  'sessions.refresh_invalid': { retry: 'never', http: 401, text: 'The refresh token is not valid; sign in again.' },
  'sessions.telegram_off': { retry: 'never', http: 404, text: 'This market has no Telegram Mini App.' },
  'accounts.telegram_taken': { retry: 'never', http: 409, text: 'This Telegram account belongs to another account.' },
  'accounts.telegram_linked': {
    retry: 'never',
    http: 409,
    text: 'Another Telegram account is linked to yours; unlink it first.',
  },
  'accounts.last_way_in': {
    retry: 'never',
    http: 409,
    text: 'Telegram is your only way in; set a password or verify an address first.',
  },
  'sessions.not_found': { retry: 'never', http: 404, text: 'You have no such session.' },
  'sessions.socket_required': { retry: 'never', http: 422, text: 'This command only makes sense on a socket.' },
  'sessions.token_mismatch': { retry: 'never', http: 403, text: 'The token belongs to another user or session.' },
  'users.not_found': { retry: 'never', http: 404, text: 'There is no such user.' },
});

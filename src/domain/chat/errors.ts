import { defineErrors } from '../kernel/errors.ts';

export const chatErrors = defineErrors({
  'conversations.not_found': { retry: 'never', http: 404, text: 'You have no such conversation.' },
  'conversations.own_listing': { retry: 'never', http: 422, text: 'You cannot open a conversation with yourself.' },
  'conversations.unavailable': { retry: 'never', http: 403, text: 'You cannot write to this person.' },
  'messages.not_found': { retry: 'never', http: 404, text: 'There is no such message in your conversations.' },
  'messages.not_own': { retry: 'never', http: 403, text: 'Only the sender may remove a message.' },
  'messages.too_late': {
    retry: 'never',
    http: 409,
    text: 'A message can be removed for 15 minutes after it was sent.',
  },
});

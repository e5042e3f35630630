import { defineErrors } from '../domain/kernel/index.ts';

/** Failures of the HTTP surface itself, beside those of the operations behind it. */
export const httpErrors = defineErrors({
  'route.not_found': { retry: 'never', http: 404, text: 'There is nothing at this address; see /docs.' },
  'route.method_not_allowed': {
    retry: 'never',
    http: 405,
    text: 'This address does not take this method; see the Allow header.',
  },
  'route.signature_invalid': {
    retry: 'never',
    http: 403,
    text: 'The signature does not fit this address and Content-Type, or it has expired.',
  },
  'route.cross_site': {
    retry: 'never',
    http: 403,
    text: 'A request with cookies must come from our own or an allow-listed origin; others send a Bearer token.',
  },
});

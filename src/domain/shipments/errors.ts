import { defineErrors } from '../kernel/errors.ts';

export const shipmentsErrors = defineErrors({
  'shipments.not_found': { retry: 'never', http: 404, text: 'You have no such shipment, or your hub has not.' },
  'shipments.not_possible': {
    retry: 'refetch',
    http: 409,
    text: 'This move is not open to you in the present state; see allowedActions.',
  },
  'shipments.own_parcel': {
    retry: 'never',
    http: 403,
    text: 'Somebody else of the hub has to see to your own parcel.',
  },
  'shipments.hub_full': { retry: 'later', http: 409, text: 'The hub has no room: what is there has to leave first.' },
  'shipments.cash_due': { retry: 'never', http: 409, text: 'Collect the cash first.' },
  'shipments.no_cash': { retry: 'never', http: 409, text: 'There is no cash to collect for it.' },
  'shipments.wrong_amount': { retry: 'refetch', http: 422, text: 'This is not the amount that is due.' },
  'shipments.wrong_code': { retry: 'never', http: 422, text: 'The delivery code is wrong; wrong codes are counted.' },
  'shipments.code_locked': { retry: 'later', http: 429, text: 'Too many wrong delivery codes; wait retryAfterMs.' },
  'shipments.proof_used': { retry: 'never', http: 409, text: 'This photo is the proof of another delivery.' },
  'hubs.nothing_due': { retry: 'refetch', http: 409, text: 'No cash of that day is left to be handed over.' },
  'hubs.note_required': { retry: 'never', http: 422, text: 'The amount is not what was collected: say why in a note.' },
  'hubs.needs_admin': {
    retry: 'never',
    http: 403,
    text: 'The difference is so large that an admin must close the day.',
  },
});

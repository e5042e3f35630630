import { defineErrors } from '../kernel/errors.ts';

export const paymentErrors = defineErrors({
  'payments.not_found': { retry: 'never', http: 404, text: 'You have no such payment.' },
  'payments.method_unavailable': { retry: 'never', http: 422, text: 'This method of payment is not offered here.' },
  'payments.not_payable': { retry: 'refetch', http: 409, text: 'The order is not waiting for a payment.' },
  'payments.expired': { retry: 'refetch', http: 409, text: 'The time to pay is over.' },
  'payments.in_progress': {
    retry: 'refetch',
    http: 409,
    text: 'A payment with another method is under way; cancel it first.',
  },
  'payments.insufficient': { retry: 'refetch', http: 409, text: 'Your wallet does not have that much.' },
  'payments.no_answer': {
    retry: 'later',
    http: 503,
    text: 'The provider did not answer; what it has done shows with the payment.',
  },
  'payments.not_possible': {
    retry: 'refetch',
    http: 409,
    text: 'This move is not open to you in the present state; see allowedActions.',
  },
  'payments.unknown_provider': { retry: 'never', http: 404, text: 'There is no such payment provider.' },
  'payments.webhook_refused': { retry: 'never', http: 401, text: 'The signature, its time or the shape is wrong.' },
});

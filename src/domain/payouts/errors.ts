import { defineErrors } from '../kernel/errors.ts';

export const payoutsErrors = defineErrors({
  'payouts.not_found': { retry: 'never', http: 404, text: 'There is no such payout.' },
  'payouts.not_pending': { retry: 'refetch', http: 409, text: 'The payout was sent already, or has ended.' },
  'payouts.unavailable': { retry: 'never', http: 422, text: 'Nothing is paid out to banks here; use your wallet.' },
  'payouts.no_destination': {
    retry: 'refetch',
    http: 409,
    text: 'There is no account to send the money to, or it is not ready; see payouts.onboard.',
  },
  'wallet.below_minimum': { retry: 'never', http: 422, text: 'This is less than is sent to a bank.' },
  'wallet.too_many_withdrawals': { retry: 'later', http: 429, text: 'You have made all withdrawals of a day.' },
  'wallet.daily_limit': { retry: 'later', http: 429, text: 'Together with the last day this is more than may leave.' },
  'wallet.insufficient': { retry: 'refetch', http: 409, text: 'Your wallet has not that much available.' },
});

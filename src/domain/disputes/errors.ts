import { defineErrors } from '../kernel/errors.ts';

export const disputesErrors = defineErrors({
  'refunds.not_found': { retry: 'never', http: 404, text: 'You see no such refund request.' },
  'refunds.not_possible': {
    retry: 'refetch',
    http: 409,
    text: 'This is not open to you in the present state of the order and the request; see allowedActions.',
  },
  'refunds.expired': { retry: 'refetch', http: 409, text: 'The time to turn it down is over: it becomes a dispute.' },
  'refunds.chargeback_open': {
    retry: 'later',
    http: 409,
    text: "The buyer's bank is looking at the payment; money that goes back now might be paid twice.",
  },
  'refunds.line_unknown': { retry: 'never', http: 422, text: 'The order has no such line, or not that many of it.' },
  'refunds.nothing_left': { retry: 'refetch', http: 409, text: 'No money of the order can be given back any more.' },
  'refunds.too_much': { retry: 'refetch', http: 422, text: 'It is more than was asked for, or than is left.' },
  'refunds.too_many': { retry: 'never', http: 409, text: 'This order has had all of its ten refund requests.' },
  'refunds.goods_under_way': {
    retry: 'later',
    http: 409,
    text: 'The goods are under way: all of the money can go back once they have arrived or returned.',
  },
  'chargebacks.not_found': { retry: 'never', http: 404, text: 'You see no such chargeback.' },
  'chargebacks.decided': {
    retry: 'refetch',
    http: 409,
    text: 'The bank has decided, or the time for evidence is over.',
  },
  'disputes.not_found': { retry: 'never', http: 404, text: 'You see no such dispute.' },
  'disputes.not_possible': {
    retry: 'refetch',
    http: 409,
    text: 'This is not open to you in the present state; see allowedActions.',
  },
  'disputes.too_late': {
    retry: 'never',
    http: 409,
    text: 'The order counts as received, and its money is not held any more.',
  },
  'disputes.expired': { retry: 'refetch', http: 409, text: 'The time to answer is over: a moderator decides.' },
  'disputes.conflict_of_interest': { retry: 'never', http: 403, text: 'Nobody decides about an order of their own.' },
  'disputes.claimed': { retry: 'later', http: 409, text: 'Another moderator works on it.' },
  'disputes.not_claimed': { retry: 'refetch', http: 409, text: 'Claim it first; a claim lasts an hour.' },
});

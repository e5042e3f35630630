import { defineErrors } from '../kernel/errors.ts';

export const merchantErrors = defineErrors({
  'merchants.not_found': {
    retry: 'never',
    http: 404,
    text: 'There is no such shop, application, or you are not in it.',
  },
  'merchants.own': { retry: 'never', http: 403, text: 'Nobody decides on what is their own.' },
  'merchants.already_owner': { retry: 'never', http: 409, text: 'A person owns one shop.' },
  'merchants.already_applied': { retry: 'never', http: 409, text: 'The application waits for its review.' },
  'merchants.slug_taken': { retry: 'never', http: 409, text: 'This address of a shop is taken.' },
  'merchants.stale': { retry: 'refetch', http: 409, text: 'The application has changed since you read it.' },
  'merchants.wrong_state': { retry: 'refetch', http: 409, text: 'It is not in a state that allows this.' },
  'merchants.claimed': { retry: 'later', http: 409, text: 'Another reviewer is looking at it; wait retryAfterMs.' },
  'merchants.not_claimed': { retry: 'refetch', http: 409, text: 'Claim it first; a claim lasts 30 minutes.' },
  'merchants.suspended': { retry: 'never', http: 409, text: 'The shop is suspended.' },
  'merchantTeam.not_found': { retry: 'never', http: 404, text: 'There is no such invitation for you.' },
  'merchantTeam.not_member': { retry: 'refetch', http: 404, text: 'This person is not in the team.' },
  'merchantTeam.not_pending': { retry: 'refetch', http: 409, text: 'The invitation was answered or taken back.' },
  'merchantTeam.expired': { retry: 'never', http: 409, text: 'The invitation has expired; ask for a new one.' },
  'merchantTeam.already_member': { retry: 'never', http: 409, text: 'This person is in the team already.' },
  'merchantTeam.already_invited': { retry: 'never', http: 409, text: 'An invitation is waiting for its answer.' },
  'merchantTeam.full': { retry: 'never', http: 409, text: 'A team has at most 50 members, with those invited.' },
  'merchantTeam.too_many_shops': { retry: 'never', http: 409, text: 'You work for 10 shops; leave one first.' },
  'merchantTeam.owner_stays': { retry: 'never', http: 409, text: 'An owner hands the shop over or closes it.' },
});

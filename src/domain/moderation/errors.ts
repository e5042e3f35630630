import { defineErrors } from '../kernel/errors.ts';

export const moderationErrors = defineErrors({
  'reports.subject_not_found': { retry: 'never', http: 404, text: 'There is nothing like that for you to report.' },
  'reports.own_subject': { retry: 'never', http: 422, text: 'You cannot report yourself.' },
  'reports.already_open': { retry: 'never', http: 409, text: 'Your report about this is being looked at.' },
  'reports.not_found': { retry: 'never', http: 404, text: 'There is no such report.' },
  'reports.conflict_of_interest': {
    retry: 'never',
    http: 403,
    text: 'The report is by you, about you, your shop or a colleague; leave it to somebody else.',
  },
  'reports.stale': { retry: 'refetch', http: 409, text: 'The report has changed; read it again.' },
  'reports.closed': { retry: 'refetch', http: 409, text: 'The report is closed.' },
  'reports.claimed': { retry: 'refetch', http: 409, text: 'Somebody else is looking at the report.' },
  'reports.not_claimed': { retry: 'refetch', http: 409, text: 'Claim the report first.' },
  'reports.action_impossible': { retry: 'never', http: 422, text: 'That cannot be done to what was reported.' },
  'complaints.order_not_found': { retry: 'never', http: 404, text: 'You sold nothing by such an order.' },
});

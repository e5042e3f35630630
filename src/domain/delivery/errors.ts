import { defineErrors } from '../kernel/errors.ts';

export const deliveryErrors = defineErrors({
  'hubs.not_found': { retry: 'never', http: 404, text: 'There is no such hub, or it is not yours.' },
  'hubs.closed': { retry: 'refetch', http: 409, text: 'The hub is closed for good.' },
  'hubs.already_assigned': { retry: 'refetch', http: 409, text: 'This person works for the hub already.' },
  'hubs.not_assigned': { retry: 'refetch', http: 404, text: 'This person does not work for the hub.' },
  'hubs.too_many_staff': { retry: 'never', http: 409, text: 'A hub has at most 200 people.' },
  'partners.not_found': { retry: 'never', http: 404, text: 'There is no such delivery partner.' },
  'delivery.no_address': { retry: 'never', http: 422, text: 'A courier needs an address with its place on the map.' },
  'delivery.unknown_hub': { retry: 'never', http: 404, text: 'There is no such hub; choose another.' },
  'delivery.closed': { retry: 'refetch', http: 409, text: 'The hub takes no more parcels; choose another.' },
  'delivery.full': { retry: 'refetch', http: 409, text: 'The hub has no room for that many parcels; choose another.' },
  'delivery.not_offered': { retry: 'never', http: 422, text: 'This way of delivery is not offered here.' },
  'delivery.too_far': { retry: 'never', http: 422, text: 'The address is farther from a hub than any courier goes.' },
});

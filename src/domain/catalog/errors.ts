import { defineErrors } from '../kernel/errors.ts';

export const catalogErrors = defineErrors({
  'categories.not_found': { retry: 'never', http: 404, text: 'There is no such category.' },
  'categories.taken': { retry: 'never', http: 409, text: 'This slug is taken.' },
  'categories.in_use': { retry: 'never', http: 409, text: 'The category still has listings or subcategories.' },
  'categories.cycle': { retry: 'never', http: 422, text: 'A category cannot be below itself.' },
  'brands.not_found': { retry: 'never', http: 404, text: 'There is no such brand.' },
  'brands.taken': { retry: 'never', http: 409, text: 'This slug is taken.' },
  'brands.in_use': { retry: 'never', http: 409, text: 'The brand still has listings.' },
  'listings.not_found': { retry: 'never', http: 404, text: 'There is no such listing.' },
  'listings.wrong_state': { retry: 'refetch', http: 409, text: 'The listing is not in a state that allows this.' },
  'listings.taken_down': { retry: 'never', http: 403, text: 'Moderators have taken the listing down.' },
  'listings.no_stock': { retry: 'never', http: 409, text: 'Nothing is on hand; set the quantity first.' },
  'listings.too_many': { retry: 'never', http: 409, text: 'You have 1,000 listings; remove some first.' },
  'listings.original_price_too_low': {
    retry: 'never',
    http: 422,
    text: 'The original price must not be below the price.',
  },
  'listings.quantity_reserved': { retry: 'refetch', http: 409, text: 'More units than that are reserved by buyers.' },
  'listings.too_many_images': { retry: 'never', http: 422, text: 'A listing shows at most 10 images.' },
  'favourites.own_listing': { retry: 'never', http: 422, text: 'You cannot favourite your own listing.' },
  'favourites.too_many': { retry: 'never', http: 409, text: 'You have 1,000 favourites; remove some first.' },
});

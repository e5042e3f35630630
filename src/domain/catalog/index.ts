import { defineArea } from '../kernel/define.ts';
import { BrandEntity, CategoryEntity, FavouriteEntity, ListingEntity, ReservationEntity } from './entities.ts';
import { catalogErrors } from './errors.ts';
import { favouriteChanged, listingChanged } from './events.ts';
import { listingMachine } from './machine.ts';
import { seed } from './seed.ts';
import { tellFavouritersBatch, tellFavouritersJob } from './tell-favouriters.ts';

export { ListingId, type Listing } from './entities.ts';
export {
  availableOf, consumeReservation, extendReservation, listingForSale, lockListing, releaseReservation, reserve, returnStock,
  transferReservation, type Holder, type Sold,
} from './stock.ts';
export { seedCatalog } from './seed.ts';
export { listingCards, ListingCard } from './views.ts';

export const catalog = defineArea({
  name: 'catalog',
  operations: [seed, tellFavouritersBatch],
  errors: catalogErrors,
  events: [listingChanged, favouriteChanged],
  machines: [listingMachine],
  jobs: [tellFavouritersJob],
  entities: [CategoryEntity, BrandEntity, ListingEntity, ReservationEntity, FavouriteEntity],
});

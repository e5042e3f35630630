import { defineArea } from '../kernel/define.ts';
import { addFavourite } from './commands/add-favourite.ts';
import { addImages } from './commands/add-images.ts';
import { createBrand } from './commands/create-brand.ts';
import { createCategory } from './commands/create-category.ts';
import { createListing } from './commands/create-listing.ts';
import { moderate } from './commands/moderate-listing.ts';
import { pauseListing, publishListing, removeListing } from './commands/move-listing.ts';
import { removeBrand } from './commands/remove-brand.ts';
import { removeCategory } from './commands/remove-category.ts';
import { removeFavourite } from './commands/remove-favourite.ts';
import { updateBrand } from './commands/update-brand.ts';
import { updateCategory } from './commands/update-category.ts';
import { updateListing } from './commands/update-listing.ts';
import { BrandEntity, CategoryEntity, FavouriteEntity, ListingEntity, ReservationEntity } from './entities.ts';
import { catalogErrors } from './errors.ts';
import { favouriteChanged, listingChanged } from './events.ts';
import { followSellers, followSellersJob } from './follow-sellers.ts';
import { settleImages, settleImagesJob } from './listing-images.ts';
import { listingMachine } from './machine.ts';
import { catalogPersonal } from './personal.ts';
import { getListing } from './queries/get-listing.ts';
import { listBrands } from './queries/list-brands.ts';
import { getCategory, listCategories } from './queries/list-categories.ts';
import { listFavourites } from './queries/list-favourites.ts';
import { listingFeed } from './queries/listing-feed.ts';
import { myListings } from './queries/my-listings.ts';
import { searchListings } from './queries/search-listings.ts';
import { suggestPrice } from './queries/suggest-price.ts';
import { pruneViews, pruneViewsJob, recordView } from './record-view.ts';
import { releaseReservations, releaseReservationsJob } from './release-reservations.ts';
import { listingRoom } from './rooms.ts';
import { seed } from './seed.ts';
import { favouriteSnapshot, listingSnapshot } from './snapshot.ts';
import { tellFavouritersBatch, tellFavouritersJob } from './tell-favouriters.ts';

export { favouriteChanged, listingChanged, listingUpdated } from './events.ts';
export { isHiddenFrom, readListing } from './hiding.ts';
export { setListingRating } from './rating.ts';
export { moderateListing } from './moderate.ts';
export { ListingId, type Listing } from './entities.ts';
export {
  availableOf,
  consumeReservation,
  extendReservation,
  listingForSale,
  lockListing,
  lockListings,
  releaseReservation,
  releaseReservationsOf,
  reserve,
  returnStock,
  transferReservation,
  type Holder,
} from './stock.ts';
export { claimWatched, saleFacts, settleWatched, watchListing, type SaleFacts } from './watching.ts';
export { listingCards, ListingCard, shownListingCards } from './views.ts';

export const catalog = defineArea({
  name: 'catalog',
  operations: [
    listCategories,
    getCategory,
    createCategory,
    updateCategory,
    removeCategory,
    listBrands,
    createBrand,
    updateBrand,
    removeBrand,
    createListing,
    updateListing,
    addImages,
    publishListing,
    pauseListing,
    removeListing,
    getListing,
    searchListings,
    listingFeed,
    myListings,
    suggestPrice,
    addFavourite,
    removeFavourite,
    listFavourites,
    seed,
    recordView,
    pruneViews,
    releaseReservations,
    settleImages,
    tellFavouritersBatch,
    followSellers,
    moderate,
  ],
  errors: catalogErrors,
  events: [listingChanged, favouriteChanged],
  rooms: [listingRoom],
  machines: [listingMachine],
  jobs: [releaseReservationsJob, settleImagesJob, tellFavouritersJob, followSellersJob, pruneViewsJob],
  snapshots: [listingSnapshot, favouriteSnapshot],
  personal: catalogPersonal,
  entities: [CategoryEntity, BrandEntity, ListingEntity, ReservationEntity, FavouriteEntity],
});

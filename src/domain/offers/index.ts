import { defineArea } from '../kernel/define.ts';
import { accept } from './commands/accept.ts';
import { counter } from './commands/counter.ts';
import { decline, withdraw } from './commands/end.ts';
import { make } from './commands/make.ts';
import { expire, lapse } from './commands/sweeps.ts';
import { OfferEntity, OfferRoundEntity } from './entities.ts';
import { offerErrors } from './errors.ts';
import { offerChanged } from './events.ts';
import { expireOffers, lapseOffers } from './jobs.ts';
import { offerMachine } from './machine.ts';
import { offersPersonal } from './personal.ts';
import { getOffer } from './queries/get-offer.ts';
import { listOffers } from './queries/list-offers.ts';
import { offerSnapshot } from './snapshot.ts';

export { consumeOffer, lockAcceptedOffer, supersedeOffers } from './checkout.ts';
export { OfferId } from './entities.ts';
export { offerChanged } from './events.ts';
export { offerSettingsPort } from './settings.ts';

export const offers = defineArea({
  name: 'offers',
  operations: [make, counter, accept, decline, withdraw, getOffer, listOffers, expire, lapse],
  errors: offerErrors,
  events: [offerChanged],
  machines: [offerMachine],
  jobs: [expireOffers, lapseOffers],
  snapshots: [offerSnapshot],
  personal: offersPersonal,
  entities: [OfferEntity, OfferRoundEntity],
});

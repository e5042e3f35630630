import { defineArea } from '../kernel/define.ts';
import { assignStaff } from './commands/assign-staff.ts';
import { closeHub } from './commands/close-hub.ts';
import { createHub } from './commands/create-hub.ts';
import { createPartner } from './commands/create-partner.ts';
import { removeStaff } from './commands/remove-staff.ts';
import { updateHub } from './commands/update-hub.ts';
import { removePartner, updatePartner } from './commands/update-partner.ts';
import { HubEntity, HubStaffEntity, PartnerEntity, PartnerHubEntity } from './entities.ts';
import { deliveryErrors } from './errors.ts';
import { hubAssignmentChanged } from './events.ts';
import { deliveryPersonal } from './personal.ts';
import { getHub } from './queries/get-hub.ts';
import { hubStaff } from './queries/hub-staff.ts';
import { listHubs } from './queries/list-hubs.ts';
import { listPartners } from './queries/list-partners.ts';
import { myHubs } from './queries/my-hubs.ts';
import { quote } from './queries/quote.ts';
import { hubAssignmentSnapshot } from './snapshot.ts';

export { HubId, PartnerId } from './entities.ts';
export { freePlaces, keepPlaces, takePlaces } from './places.ts';
export { partnerServing } from './partner-hubs.ts';
export { quoteDelivery, quoteErrors, type DeliveryQuote, type ParcelQuote } from './quoting.ts';
export { DeliveryAddress } from './rules.ts';
export { lockHub, readHub, staffsHub } from './staff.ts';

export const delivery = defineArea({
  name: 'delivery',
  operations: [
    listHubs,
    getHub,
    createHub,
    updateHub,
    closeHub,
    assignStaff,
    removeStaff,
    hubStaff,
    myHubs,
    listPartners,
    createPartner,
    updatePartner,
    removePartner,
    quote,
  ],
  errors: deliveryErrors,
  events: [hubAssignmentChanged],
  snapshots: [hubAssignmentSnapshot],
  personal: deliveryPersonal,
  entities: [HubEntity, HubStaffEntity, PartnerEntity, PartnerHubEntity],
});

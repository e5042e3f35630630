import { defineArea } from '../kernel/define.ts';
import { closeDay } from './commands/close-day.ts';
import { collectCash } from './commands/collect-cash.ts';
import { deliver } from './commands/deliver.ts';
import { dispatch } from './commands/dispatch.ts';
import { failDelivery, handBack, returnToSeller } from './commands/fail.ts';
import { receiveAtHub } from './commands/receive-at-hub.ts';
import {
  followOrders,
  followOrdersJob,
  loseOverdue,
  loseOverdueJob,
  remindOfShipments,
  remindOfShipmentsJob,
  returnUnclaimed,
  returnUnclaimedJob,
} from './commands/sweeps.ts';
import { ClosingEntity, CustodyEntity, ShipmentEntity } from './entities.ts';
import { shipmentsErrors } from './errors.ts';
import { shipmentChanged } from './events.ts';
import { shipmentMachine } from './machine.ts';
import { shipmentsPersonal } from './personal.ts';
import { label } from './queries/label.ts';
import { listClosings } from './queries/list-closings.ts';
import { listShipments } from './queries/list-shipments.ts';
import { track } from './queries/track.ts';
import { hubRoom } from './room.ts';
import { shipmentSnapshot } from './snapshot.ts';

export const shipments = defineArea({
  name: 'shipments',
  operations: [
    listShipments,
    track,
    label,
    receiveAtHub,
    dispatch,
    deliver,
    failDelivery,
    returnToSeller,
    handBack,
    collectCash,
    closeDay,
    listClosings,
    followOrders,
    returnUnclaimed,
    loseOverdue,
    remindOfShipments,
  ],
  errors: shipmentsErrors,
  events: [shipmentChanged],
  rooms: [hubRoom],
  machines: [shipmentMachine],
  jobs: [followOrdersJob, returnUnclaimedJob, loseOverdueJob, remindOfShipmentsJob],
  snapshots: [shipmentSnapshot],
  personal: shipmentsPersonal,
  entities: [ShipmentEntity, CustodyEntity, ClosingEntity],
});

import { defineArea } from '../kernel/define.ts';
import { acceptOrder } from './commands/accept.ts';
import { cancelOrder } from './commands/cancel.ts';
import { checkoutOffer } from './commands/checkout.ts';
import { confirmReceived } from './commands/confirm-received.ts';
import { expireUnpaid } from './commands/expire-unpaid.ts';
import { handOver } from './commands/hand-over.ts';
import { packOrder } from './commands/pack.ts';
import { placeOrder } from './commands/place.ts';
import { readyForPickup } from './commands/ready-for-pickup.ts';
import { rejectOrder } from './commands/reject.ts';
import { remind, remindOfOrders } from './commands/remind.ts';
import { autoReceive, cancelUnanswered, cancelUnhandled, complete } from './commands/sweeps.ts';
import { OrderEntity, OrderGroupEntity, OrderLineEntity, OrderMoveEntity } from './entities.ts';
import { orderErrors } from './errors.ts';
import { orderChanged } from './events.ts';
import {
  autoReceiveOrders,
  cancelUnansweredOrders,
  cancelUnhandledOrders,
  completeOrders,
  expireUnpaidOrders,
} from './jobs.ts';
import { orderGroupMachine, orderMachine } from './machine.ts';
import { ordersPersonal } from './personal.ts';
import { board } from './queries/board.ts';
import { checkPromo } from './queries/check-promo.ts';
import { getGroup } from './queries/get-group.ts';
import { getOrder } from './queries/get-order.ts';
import { listOrders } from './queries/list-orders.ts';
import { timeline } from './queries/timeline.ts';
import { shopRoom } from './room.ts';
import { orderSnapshot } from './snapshot.ts';

export { moveOrderByHub, type HubMove } from './by-hub.ts';
export {
  disputeOrder,
  endRefunded,
  lockOrderInGroup,
  mayEndRefunded,
  receiveOrder,
  resolveOrder,
  resumeReceipt,
  stopReceipt,
} from './disputing.ts';
export { OrderGroupId, OrderId, paymentMethods, type OrderGroup, type PaymentMethod } from './entities.ts';
export { orderChanged, orderTold } from './events.ts';
export { openGroup, paymentDeadline, placingErrors, placingEvents, placingInput, type Purchase } from './placing.ts';
export { heldUntil, holderOf } from './stock.ts';
export { OrderGroupView, orderGroupView } from './views.ts';
export { claimEndedGroups, claimRefundsDue, payGroup, recordRefund, type Cover, type RefundDue } from './paying.ts';
export { tradingPartners } from './partners.ts';
export { lockOrderForReview, readOrder } from './reviewing.ts';
export { lockOrder, lockOrderGroup, lockOrdersOf, orderIdsOf } from './rows.ts';
export { findOwnOrder, sideFor } from './own-order.ts';
export { claimShipmentsDue } from './shipping.ts';
export type { OrderSide, OrderWithLines } from './views.ts';
export { completeOrders };
export { orderSettingsPort } from './settings.ts';
export { holdWholeGroup } from './wallet-part.ts';

export const orders = defineArea({
  name: 'orders',
  operations: [
    placeOrder,
    checkoutOffer,
    checkPromo,
    getOrder,
    getGroup,
    timeline,
    board,
    listOrders,
    acceptOrder,
    rejectOrder,
    readyForPickup,
    packOrder,
    handOver,
    cancelOrder,
    confirmReceived,
    expireUnpaid,
    cancelUnanswered,
    cancelUnhandled,
    autoReceive,
    complete,
    remind,
  ],
  errors: orderErrors,
  events: [orderChanged],
  rooms: [shopRoom],
  machines: [orderGroupMachine, orderMachine],
  jobs: [
    expireUnpaidOrders,
    cancelUnansweredOrders,
    cancelUnhandledOrders,
    autoReceiveOrders,
    completeOrders,
    remindOfOrders,
  ],
  snapshots: [orderSnapshot],
  personal: ordersPersonal,
  entities: [OrderGroupEntity, OrderEntity, OrderLineEntity, OrderMoveEntity],
});

import { definePort } from '../kernel/ports.ts';

export interface OrderSettings {
  /** How long an order waits for its payment, holding stock. */
  readonly paymentWindowMs: number;
  /** How long a paid order waits for the seller before it is cancelled and refunded. */
  readonly sellerResponseMs: number;
  /** How long an accepted order may wait until it is handed on, and a packed one until it is at a hub. */
  readonly handlingMs: number;
  /** How long what is ready waits for the buyer to fetch it. */
  readonly pickupMs: number;
  /** How long after delivery an order counts as received without the buyer's word. */
  readonly autoReceiveMs: number;
}

export const orderSettingsPort = definePort<OrderSettings>('orders.settings');

export const orderLimits = {
  quantityMax: 1_000,
  reasonChars: 500,
  /** Wrong pickup codes in a row before the hand-over pauses. A million codes, 5 tries each quarter of an hour. */
  pickupTriesMax: 5,
  pickupLockMs: 15 * 60_000,
  /** Stock stays reserved this much longer than the window, so that it is given back by the expiry itself, last. */
  reservationGraceMs: 3_600_000,
  snapshotDays: 30,
  snapshotMax: 200,
  /** Open orders that joining a shop's room shows, the newest; `orders.list` has them all. */
  shopRoomOrders: 50,
} as const;

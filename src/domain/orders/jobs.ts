import { defineSweep } from '../kernel/define.ts';
import { expireUnpaid, expiryBatch } from './commands/expire-unpaid.ts';
import { autoReceive, cancelUnanswered, cancelUnhandled, complete, orderSweepBatch } from './commands/sweeps.ts';

export const expireUnpaidOrders = defineSweep({
  name: 'orders.expireUnpaid',
  everySeconds: 1,
  batch: expiryBatch,
  lanes: 2,
  isUrgent: true,
  againMs: 250,
  takenOverAfterMs: 10_000,
  command: expireUnpaid,
  summary: expireUnpaid.summary,
});

export const cancelUnansweredOrders = defineSweep({
  name: 'orders.cancelUnanswered',
  everySeconds: 60,
  batch: orderSweepBatch,
  command: cancelUnanswered,
  summary: cancelUnanswered.summary,
});

export const cancelUnhandledOrders = defineSweep({
  name: 'orders.cancelUnhandled',
  everySeconds: 60,
  batch: orderSweepBatch,
  command: cancelUnhandled,
  summary: cancelUnhandled.summary,
});

export const autoReceiveOrders = defineSweep({
  name: 'orders.autoReceive',
  everySeconds: 60,
  batch: orderSweepBatch,
  command: autoReceive,
  summary: autoReceive.summary,
});

export const completeOrders = defineSweep({
  name: 'orders.complete',
  everySeconds: 60,
  batch: orderSweepBatch,
  command: complete,
  summary: complete.summary,
});

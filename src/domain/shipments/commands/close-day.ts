import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { HubId, lockHub, staffsHub } from '../../delivery/index.ts';
import { markRemitted } from '../../escrow/index.ts';
import { holdsRole } from '../../identity/index.ts';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import { newId } from '../../kernel/ids.ts';
import { amountMinorMax, Currency } from '../../kernel/money.ts';
import { instantOf, wallTime } from '../../kernel/wall-time.ts';
import { accounts, mustPost } from '../../ledger/index.ts';
import { completeOrders, lockOrder } from '../../orders/index.ts';
import { paymentChanged, recordCashRemitted } from '../../payments/index.ts';
import { ClosingEntity, ShipmentEntity, type Closing, type ClosingId, type Shipment } from '../entities.ts';
import { closingTold } from '../events.ts';
import { shipmentRules } from '../rules.ts';
import { ClosingView, closingView } from '../views.ts';

export const closeDay = defineCommand({
  name: 'hubs.closeDay',
  access: 'hub',
  ratePerMinute: 30,
  summary:
    'Count the cash of your hub and hand it over: all that was collected until the end of a day, today by default.',
  input: z.strictObject({
    hubId: HubId,
    currency: Currency,
    countedMinor: z.int().min(0).max(amountMinorMax),
    date: z.iso.date().optional().describe('By the clock of the hub; what was collected later is left out.'),
    note: z
      .string()
      .trim()
      .min(1)
      .max(shipmentRules.reasonChars)
      .optional()
      .describe('Why it is not what was collected.'),
  }),
  output: ClosingView,
  errors: ['hubs.not_found', 'hubs.nothing_due', 'hubs.note_required', 'hubs.needs_admin'],
  emits: [closingTold, paymentChanged],
  async run({ input, actor: { userId }, tx, fail }) {
    const { hubId, currency, countedMinor, note = null } = input;
    const hub = await lockHub(tx, hubId);
    const isAdmin = await holdsRole(tx.db, userId, 'admin');
    if (!hub || !(isAdmin || (await staffsHub(tx.db, { userId, hubId })))) return fail('hubs.not_found');
    const now = await tx.now();
    const day = dayOf(now, { timezone: hub.timezone, date: input.date });
    const collected = await lockCollected(tx, { hubId, currency, until: day.end });
    if (collected.length === 0) fail('hubs.nothing_due');
    const expectedMinor = collected.reduce((sum, { cashMinor }) => sum + (cashMinor ?? 0), 0);
    const difference = Math.abs(countedMinor - expectedMinor);
    if (difference > 0 && note === null) fail('hubs.note_required');
    if (difference * 10_000 > expectedMinor * shipmentRules.differenceBpsMax && !isAdmin) fail('hubs.needs_admin');
    const closing = tx.db.create(ClosingEntity, {
      id: newId<ClosingId>(),
      hubId,
      currency,
      businessDate: day.date,
      expectedMinor,
      countedMinor,
      collections: collected.length,
      note,
      closedBy: userId,
      version: 1,
      createdAt: now,
    });
    await remit(tx, closing, collected);
    const view = closingView(closing);
    tx.publish(closingTold, `hub:${hubId}`, view);
    tx.nudge(completeOrders);
    return view;
  },
});

/** The day that is closed, never one to come, and the instant at which the hub's clock shows its end. */
function dayOf(now: Date, { timezone, date }: { timezone: string; date: string | undefined }) {
  const { year, month, day } = wallTime(now, timezone);
  const today = new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10);
  const closed = date !== undefined && date < today ? date : today;
  const [closedYear = 0, closedMonth = 1, closedDay = 1] = closed.split('-').map(Number);
  const midnight = { year: closedYear, month: closedMonth, day: closedDay + 1, minutes: 0 };
  return { date: closed, end: instantOf(midnight, timezone) };
}

/**
 * What lies at a locked hub, so that of two closings the second finds nothing left. Orders are locked before their
 * shipments, in the order of their ids, as everywhere.
 */
async function lockCollected(
  tx: Tx,
  { hubId, currency, until }: { hubId: HubId; currency: Currency; until: Date },
): Promise<Shipment[]> {
  const due = { hubId, currency, cashState: 'collected', cashCollectedAt: { $lt: until } } as const;
  const seen = await tx.db.find(ShipmentEntity, due, { orderBy: { orderId: 'asc' } });
  for (const { orderId } of seen) await lockOrder(tx, orderId);
  const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true, orderBy: { orderId: 'asc' } } as const;
  return tx.db.find(ShipmentEntity, { id: { $in: seen.map(({ id }) => id) }, cashState: 'collected' }, lock);
}

/** Books the cash as come in; what is missing is the market's loss, and what is too much its gain. */
async function remit(tx: Tx, closing: Closing, collected: readonly Shipment[]): Promise<void> {
  const { id, hubId, currency, expectedMinor, countedMinor } = closing;
  for (const shipment of collected) {
    shipment.cashState = 'remitted';
    shipment.closingId = id;
    await markRemitted(tx, shipment.orderId);
  }
  await recordCashRemitted(tx, { orderIds: collected.map(({ orderId }) => orderId) });
  const postings = [
    { account: accounts.cashClearing, amountMinor: -countedMinor },
    { account: accounts.cashAtHub(hubId), amountMinor: expectedMinor },
    { account: accounts.losses, amountMinor: countedMinor - expectedMinor },
  ];
  await mustPost(tx, { kind: 'cash.remit', reference: id, currency, postings });
}

import { z } from 'zod';
import { isHiddenFrom, ListingId, lockListing, reserve } from '../../catalog/index.ts';
import { defineCommand } from '../../kernel/define.ts';
import { newId } from '../../kernel/ids.ts';
import { amountMinorMax } from '../../kernel/money.ts';
import { isBlocked } from '../../trust/index.ts';
import type { OrderGroupId } from '../entities.ts';
import { openGroup, paymentDeadline, placingErrors, placingEvents, placingInput } from '../placing.ts';
import { orderLimits } from '../settings.ts';
import { heldUntil, holderOf } from '../stock.ts';
import { OrderGroupView, orderGroupView } from '../views.ts';

export const placeOrder = defineCommand({
  name: 'orders.place',
  access: 'user',
  ratePerMinute: 30,
  summary: 'Buy now: reserve units of a listing at its price and wait for the payment until the deadline.',
  input: z.strictObject({
    listingId: ListingId,
    quantity: z.int().min(1).max(orderLimits.quantityMax),
    ...placingInput,
  }),
  output: OrderGroupView,
  errors: ['listings.not_found', 'orders.own_listing', 'orders.unavailable', 'orders.out_of_stock', ...placingErrors],
  emits: placingEvents,
  async run({ input, actor, tx, fail }) {
    const { listingId, quantity, ...placing } = input;
    const listing = await lockListing(tx, listingId);
    if (!listing || !['active', 'sold_out'].includes(listing.state)) return fail('listings.not_found');
    if (await isHiddenFrom(tx.sql, listing, actor)) return fail('listings.not_found');
    if (listing.sellerId === actor.userId) fail('orders.own_listing');
    if (await isBlocked(tx, actor.userId, listing.sellerId)) fail('orders.unavailable');
    if (listing.priceMinor * quantity > amountMinorMax) fail('orders.too_large');
    const id = newId<OrderGroupId>();
    const deadline = await paymentDeadline(tx);
    const reservation = { listingId, quantity, holder: holderOf({ id }), expiresAt: heldUntil(deadline) };
    if (!(await reserve(tx, reservation))) fail('orders.out_of_stock');
    const { sellerId, currency, title, priceMinor } = listing;
    const line = { listingId, title, unitPriceMinor: priceMinor, quantity };
    const parts = [{ sellerId, offerId: null, lines: [line] }];
    const opened = await openGroup(tx, { id, deadline }, { buyerId: actor.userId, currency, placing, parts });
    if (typeof opened === 'string') return fail(opened);
    return orderGroupView(opened.group, { orders: opened.orders, now: await tx.now() });
  },
});

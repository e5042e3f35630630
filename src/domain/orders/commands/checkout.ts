import { z } from 'zod';
import { lockListing, transferReservation } from '../../catalog/index.ts';
import { defineCommand } from '../../kernel/define.ts';
import { assert } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { consumeOffer, lockAcceptedOffer, offerChanged, OfferId } from '../../offers/index.ts';
import type { OrderGroupId } from '../entities.ts';
import { openGroup, paymentDeadline, placingErrors, placingEvents, placingInput } from '../placing.ts';
import { heldUntil, holderOf } from '../stock.ts';
import { OrderGroupView, orderGroupView } from '../views.ts';

export const checkoutOffer = defineCommand({
  name: 'offers.checkout',
  access: 'user',
  ratePerMinute: 30,
  summary:
    'Order what an accepted offer keeps aside, at the agreed price, and wait for the payment until the deadline.',
  input: z.strictObject({ offerId: OfferId, ...placingInput }),
  output: OrderGroupView,
  errors: [
    'offers.not_found',
    'offers.unavailable',
    'offers.wrong_state',
    'offers.stale',
    'offers.not_your_turn',
    'offers.expired',
    'orders.out_of_stock',
    ...placingErrors,
  ],
  emits: [...placingEvents, offerChanged],
  async run({ input, actor, tx, fail }) {
    const { offerId, ...placing } = input;
    const buyerId = actor.userId;
    const offer = await lockAcceptedOffer(tx, { offerId, buyerId });
    if (typeof offer === 'string') return fail(offer);
    const id = newId<OrderGroupId>();
    const deadline = await paymentDeadline(tx);
    const held = { from: { kind: 'offer', id: offer.id }, to: holderOf({ id }), expiresAt: heldUntil(deadline) };
    if (!(await transferReservation(tx, held))) fail('orders.out_of_stock');
    const { listingId, sellerId, quantity, unitPriceMinor, currency } = await consumeOffer(tx, offer);
    const listing = await lockListing(tx, listingId);
    assert(listing, `listing ${listingId} of an offer exists`);
    const line = { listingId, title: listing.title, unitPriceMinor, quantity };
    const purchase = { buyerId, currency, placing, parts: [{ sellerId, offerId, lines: [line] }] };
    const opened = await openGroup(tx, { id, deadline }, purchase);
    if (typeof opened === 'string') return fail(opened);
    return orderGroupView(opened.group, { orders: opened.orders, now: await tx.now() });
  },
});

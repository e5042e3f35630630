import { sql } from 'kysely';
import { z } from 'zod';
import { claimWatched, saleFacts, settleWatched, type SaleFacts } from '../../catalog/index.ts';
import { defineCommand, defineSweep, type Tx } from '../../kernel/define.ts';
import { assert } from '../../kernel/errors.ts';
import type { UserId } from '../../kernel/ids.ts';
import { limits } from '../../kernel/limits.ts';
import { amountMinorMax } from '../../kernel/money.ts';
import { areBlockedNow, blockedAmong } from '../../trust/index.ts';
import { cartChanged } from '../events.ts';
import { refreshItem, toldOf } from '../facts.ts';
import { lockCarts, tellCarts } from '../rows.ts';
import { cartRules } from '../rules.ts';

/** One listing a run, and no more carts than `toldAtOnceMax`: a seller's own change never waits for its lookers-on. */
export const followUpListings = defineCommand({
  name: 'cart.followUp',
  access: 'system',
  summary: 'Tell people that a listing in their cart has another price, too few units, or is gone.',
  input: z.strictObject({}),
  output: z.object({ swept: z.int() }),
  errors: [],
  emits: [cartChanged],
  async run({ tx }) {
    const listing = await claimWatched(tx);
    if (!listing) return { swept: 0 };
    const facts = (await saleFacts(tx.db, [listing.id])).get(listing.id);
    assert(facts, `listing ${listing.id} is locked`);
    const owners = await ownersToTell(tx, facts);
    const blocked = await blockedAmong(tx.sql, facts.sellerId, owners);
    const changed = (await lockCarts(tx, owners)).filter(({ cart, items }) => {
      const item = items.find(({ listingId }) => listingId === listing.id);
      const isBlocked = blocked.has(cart.userId);
      return item && refreshItem(item, toldOf(facts, { quantity: item.quantity, isBlocked }));
    });
    await tellCarts(tx, changed, 'listing_changed');
    if (owners.length < cartRules.toldAtOnceMax) settleWatched(listing);
    // Another listing may be due: a finished one counts as a full batch.
    return { swept: limits.sweepBatch };
  },
});

/** Owners of carts in which the listing stands otherwise than it is. Sales that leave enough for them are no news. */
async function ownersToTell(tx: Tx, facts: SaleFacts): Promise<UserId[]> {
  const { listingId, sellerId, title, previewPrefix, priceMinor, available, isOnSale } = facts;
  const { rows } = await sql<{ id: UserId }>`
    select i.user_id::text as id from cart_item i
    where i.listing_id = ${listingId} and (
      i.title <> ${title} or i.preview_prefix is distinct from ${previewPrefix} or i.price_minor <> ${priceMinor}
      or i.short_of is distinct from (case when ${available}::int < i.quantity then greatest(${available}::int, 0) end)
      or i.unavailable <> (not ${isOnSale}::boolean or ${priceMinor}::bigint * i.quantity > ${amountMinorMax}::bigint
                           or ${areBlockedNow(sql`i.user_id`, sql`${sellerId}::uuid`)})
    )
    order by i.user_id limit ${cartRules.toldAtOnceMax}`.execute(tx.sql);
  return rows.map(({ id }) => id);
}

export const followUpListingsJob = defineSweep({
  name: 'cart.followUp',
  everySeconds: 5,
  summary: followUpListings.summary,
  command: followUpListings,
  batch: limits.sweepBatch,
});

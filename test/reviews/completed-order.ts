import { openBank, paid, type Purchase } from '../payments/bank.ts';
import type { Harness } from '../support/harness.ts';

/** An order that went all the way. */
export async function completedOrder(market: Harness): Promise<Purchase> {
  const found = await paid(market, openBank(market));
  const { seller, buyer, orderId } = found;
  await market.ok(seller, 'orders.accept', { orderId });
  await market.ok(seller, 'orders.readyForPickup', { orderId });
  const { pickupCode } = await market.ok(buyer, 'orders.get', { orderId });
  await market.ok(seller, 'orders.handOver', { orderId, pickupCode });
  await market.ok(buyer, 'orders.confirmReceived', { orderId });
  await market.runJob('orders.complete');
  return found;
}

/** The buyer's review, and the seller's where it is given a rating; with both they are revealed. */
export async function reviewed(
  market: Harness,
  { byBuyer = 4, bySeller }: { byBuyer?: number; bySeller?: number } = {},
): Promise<Purchase & { reviewId: string }> {
  const found = await completedOrder(market);
  const { buyer, seller, orderId } = found;
  const { id: reviewId } = await market.ok(buyer, 'reviews.write', {
    orderId,
    rating: byBuyer,
    comment: 'As described',
  });
  if (bySeller !== undefined) await market.ok(seller, 'reviews.write', { orderId, rating: bySeller });
  return { ...found, reviewId };
}

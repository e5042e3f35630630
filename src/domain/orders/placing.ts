import { z } from 'zod';
import { DeliveryAddress, quoteDelivery, quoteErrors, takePlaces, type ParcelQuote } from '../delivery/index.ts';
import type { Tx } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import type { UserId } from '../kernel/ids.ts';
import { allocate, AmountMinor, amountMinorMax, multiplyMinor, type Currency } from '../kernel/money.ts';
import { walletChanged } from '../ledger/index.ts';
import { PromoCode, promoRefusals, redeemPromo } from '../promos/index.ts';
import { deliveryMethods, paymentMethods, type OrderGroup } from './entities.ts';
import { orderChanged, orderTold } from './events.ts';
import { hasOrdered } from './first-order.ts';
import { payGroup } from './paying.ts';
import { orderSettingsPort } from './settings.ts';
import type { OrderWithLines } from './views.ts';
import { holdWalletPart } from './wallet-part.ts';
import { writeGroup, type OrderPart, type PurchaseLine } from './writing.ts';

/** What every way of buying asks for. */
export const placingInput = {
  delivery: z.strictObject({
    method: z.enum(deliveryMethods),
    hubId: z.uuid().optional().describe('Where you fetch it, or from where the courier sets out.'),
    address: DeliveryAddress.optional().describe('Where the courier goes to.'),
  }),
  paymentMethod: z.enum(paymentMethods),
  walletMinor: AmountMinor.optional().describe('What your wallet pays, at most the total; held until the rest is.'),
  promo: PromoCode.optional(),
};
const Placing = z.strictObject(placingInput);
type Placing = z.output<typeof Placing>;

/** What `openGroup` answers when nothing may be ordered in this way, in order of precedence. */
export const placingErrors = [
  'orders.cod_needs_delivery',
  ...quoteErrors,
  ...promoRefusals,
  'orders.too_large',
  'orders.wallet_insufficient',
] as const;
/** What placing tells, besides what the way of buying does itself. */
export const placingEvents = [orderChanged, orderTold, walletChanged] as const;
export type PlacingFailure = (typeof placingErrors)[number];

export interface Purchase {
  readonly buyerId: UserId;
  readonly currency: Currency;
  readonly placing: Placing;
  readonly parts: readonly {
    readonly sellerId: UserId;
    readonly offerId: string | null;
    readonly lines: readonly PurchaseLine[];
  }[];
}

type NewGroup = Pick<OrderGroup, 'id' | 'deadline'>;

export async function paymentDeadline(tx: Tx): Promise<Date> {
  return new Date((await tx.now()).getTime() + tx.port(orderSettingsPort).paymentWindowMs);
}

/**
 * Writes a group that waits for its payment, with an order for each seller, and tells both sides; one that the wallet
 * and a discount pay in full is placed at once. The caller holds the stock for it, and with it the listings' locks: the
 * promo is locked after them, then the wallet. On a failure the caller rolls back.
 */
export async function openGroup(
  tx: Tx,
  group: NewGroup,
  purchase: Purchase,
): Promise<{ group: OrderGroup; orders: OrderWithLines[] } | PlacingFailure> {
  const { buyerId, currency, placing } = purchase;
  if (placing.paymentMethod === 'cod' && placing.delivery.method === 'pickup') return 'orders.cod_needs_delivery';
  const sellerIds = purchase.parts.map(({ sellerId }) => sellerId);
  const quoted = await quoteDelivery(tx.db, { ...placing.delivery, sellerIds, currency });
  if (!quoted.ok) return `delivery.${quoted.reason}`;
  const priced = await price(tx, group, { purchase, parcels: quoted.perSeller });
  if (typeof priced === 'string') return priced;
  const totalMinor = priced.reduce((sum, part) => sum + totalOf(part), 0);
  if (totalMinor > amountMinorMax) return 'orders.too_large';
  const walletMinor = Math.min(placing.walletMinor ?? 0, totalMinor);
  const { paymentMethod } = placing;
  const written = await writeGroup(tx, { ...group, buyerId, currency, paymentMethod, walletMinor }, priced);
  if (!(await takePlacesFor(tx, written.orders))) return 'delivery.full';
  if (!(await holdWalletPart(tx, written.group))) return 'orders.wallet_insufficient';
  if (walletMinor === totalMinor) {
    const outcome = await payGroup(tx, written.group, null);
    assert(outcome === 'placed', `group ${group.id} is placed with nothing left to pay: ${outcome}`);
  }
  return written;
}

/** A place at the hub for each parcel; whatever is not brought needs none. */
async function takePlacesFor(tx: Tx, orders: readonly OrderWithLines[]): Promise<boolean> {
  const byHub = Map.groupBy(orders, ({ order }) => order.hubId);
  for (const [hubId, theirs] of byHub) {
    const orderIds = theirs.map(({ order }) => order.id);
    if (hubId && !(await takePlaces(tx, hubId, orderIds))) return false;
  }
  return true;
}

const totalOf = ({ goodsMinor, deliveryMinor, discountMinor }: OrderPart) => goodsMinor + deliveryMinor - discountMinor;

/** What each seller's part costs, the discount spread over them by what their goods cost. */
async function price(
  tx: Tx,
  group: NewGroup,
  { purchase, parcels }: { purchase: Purchase; parcels: ReadonlyMap<string, ParcelQuote> },
): Promise<OrderPart[] | PlacingFailure> {
  const { delivery } = purchase.placing;
  const goods = purchase.parts.map(({ lines }) =>
    lines.reduce((sum, { unitPriceMinor, quantity }) => sum + multiplyMinor(unitPriceMinor, quantity), 0),
  );
  const goodsMinor = goods.reduce((sum, amount) => sum + amount, 0);
  if (goodsMinor > amountMinorMax) return 'orders.too_large';
  const discount = await discountFor(tx, group, { purchase, goodsMinor });
  if (typeof discount === 'string') return discount;
  const discounts = allocate(discount, goods);
  return purchase.parts.map((part, index) => {
    const parcel = parcels.get(part.sellerId);
    assert(parcel, `the parcel of seller ${part.sellerId} has a quote`);
    return {
      ...part,
      goodsMinor: goods[index] ?? 0,
      discountMinor: discounts[index] ?? 0,
      deliveryMinor: parcel.feeMinor,
      deliveryMethod: delivery.method,
      hubId: parcel.hubId,
      address: delivery.method === 'courier' ? (delivery.address ?? null) : null,
    };
  });
}

async function discountFor(
  tx: Tx,
  { id: groupId }: NewGroup,
  { purchase, goodsMinor }: { purchase: Purchase; goodsMinor: number },
): Promise<number | PlacingFailure> {
  const { buyerId: userId, currency, placing } = purchase;
  if (placing.promo === undefined) return 0;
  const isKnown = () => hasOrdered(tx.db, userId, groupId);
  const attempt = { code: placing.promo, groupId, userId, goodsMinor, currency, hasOrdered: isKnown };
  const used = await redeemPromo(tx, attempt);
  return typeof used === 'string' ? used : used.discountMinor;
}

import type { SaleFacts } from '../catalog/index.ts';
import { amountMinorMax } from '../kernel/money.ts';
import type { CartItem } from './entities.ts';

type Told = Pick<CartItem, 'title' | 'previewPrefix' | 'priceMinor' | 'shortOf' | 'unavailable'>;

/** What the owner of a cart is told of a listing there. */
export function toldOf(facts: SaleFacts, { quantity, isBlocked }: { quantity: number; isBlocked: boolean }): Told {
  const { title, previewPrefix, priceMinor, available, isOnSale } = facts;
  return {
    title,
    previewPrefix,
    priceMinor,
    shortOf: available < quantity ? Math.max(available, 0) : null,
    // What one payment cannot pay is not for sale in that quantity, which keeps sums exact.
    unavailable: isBlocked || !isOnSale || priceMinor * quantity > amountMinorMax,
  };
}

/** Brings an item up to date. False when the owner has been told all of it already. */
export function refreshItem(item: CartItem, told: Told): boolean {
  const before = JSON.stringify(toldBy(item));
  Object.assign(item, told);
  return JSON.stringify(toldBy(item)) !== before;
}

function toldBy({ title, previewPrefix = null, priceMinor, shortOf = null, unavailable }: CartItem): Told {
  return { title, previewPrefix, priceMinor, shortOf, unavailable };
}

import { allocate } from '../kernel/money.ts';
import type { OrderWithLines } from '../orders/index.ts';
import type { RequestedLine } from './entities.ts';

/** A line of an order by its own id or by its listing's. */
export interface LineWish {
  readonly lineId?: string | undefined;
  readonly listingId?: string | undefined;
  readonly quantity: number;
}

/** What was paid for so many units of lines: their price less their share of the discount. Null for lines unknown. */
export function amountOfLines(
  { order, lines }: OrderWithLines,
  wishes: readonly LineWish[],
): { amountMinor: number; lines: RequestedLine[] } | null {
  const discounts = allocate(
    order.discountMinor,
    lines.map(({ totalMinor }) => totalMinor),
  );
  const wanted = new Map<number, number>();
  for (const { lineId, listingId, quantity } of wishes) {
    const index = lines.findIndex((line) => (lineId ? line.id === lineId : line.listingId === listingId));
    if (index < 0) return null;
    wanted.set(index, (wanted.get(index) ?? 0) + quantity);
  }
  let amountMinor = 0;
  const named: RequestedLine[] = [];
  for (const [index, quantity] of wanted) {
    const line = lines[index]!;
    if (quantity > line.quantity) return null;
    const paidMinor = Math.max(0, line.totalMinor - (discounts[index] ?? 0));
    amountMinor += allocate(paidMinor, [quantity, line.quantity - quantity])[0]!;
    named.push({ listingId: line.listingId, title: line.title, quantity });
  }
  return { amountMinor, lines: named };
}

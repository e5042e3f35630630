export const cartRules = {
  /** Different listings in one cart: bounds the view that each change pushes, and the listings a checkout locks. */
  itemsMax: 100,
  /** Units of one listing. */
  quantityMax: 1_000,
  /** Carts that one run tells of a listing's change, a bound on the inbox heads it locks. */
  toldAtOnceMax: 100,
} as const;

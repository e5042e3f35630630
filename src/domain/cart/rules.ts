export const cartRules = {
  /** Different listings in one cart: bounds the view that each change pushes, and the listings a checkout locks. */
  itemsMax: 100,
  /** Units of one listing. */
  quantityMax: 1_000,
  /** Carts that one transaction tells of a listing's change: buyers wait for its lock, and people for their inbox. */
  toldAtOnceMax: 50,
} as const;

/** Whether a database answers, as a watch next to it knows. Times are of `performance.now()`, milliseconds. */
export interface Liveness {
  /** Since when it has been away; null while it answers. */
  readonly awaySince: number | null;
  /** When it last came back; null when it has never been away. */
  readonly backSince: number | null;
}

/** What runs in this process is there as long as we are. */
export const alwaysThere: Liveness = { awaySince: null, backSince: null };

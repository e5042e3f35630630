export const shipmentRules = {
  /** Then it goes back to the seller. */
  failedTriesMax: 3,
  /** Wrong delivery codes in a row before handing over pauses, as with pickup codes. */
  codeTriesMax: 5,
  codeLockMs: 15 * 60_000,
  /** How long a hub keeps a parcel that nobody fetches or takes along. */
  keptAtHubMs: 14 * 86_400_000,
  /** How long a courier has for one try: to bring it to the door, or back to the hub. Then it counts as lost. */
  keptByCourierMs: 5 * 86_400_000,
  reasonChars: 300,
  /** A closing that is off by more than this share of what was expected, in hundredths of a per cent, is an admin's. */
  differenceBpsMax: 200,
  snapshotDays: 30,
  snapshotMax: 200,
  /** Open shipments that joining a hub's room shows, those that changed last; `shipments.list` has them all. */
  roomShipments: 200,
} as const;

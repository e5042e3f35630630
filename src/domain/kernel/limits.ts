/** Every bound of the server in one place. All are enforced and told to clients in `ready.limits`. */
export const limits = {
  frameBytes: 64 * 1024,
  messageTextChars: 4_000,
  pageSizeMax: 100,
  pageSizeDefault: 20,
  roomsPerSocket: 20,
  socketsPerUser: 20,
  presenceWatchMax: 100,
  commandsPerMinute: 120,
  guestCommandsPerMinute: 120,
  /** All commands of one session, and of one address together; each node counts for itself. */
  sessionCommandsPerMinute: 1_200,
  addressCommandsPerMinute: 30_000,
  httpBodyBytes: 1024 * 1024,
  uploadBytes: 25 * 1024 * 1024,
  searchRadiusKmMax: 500,
  pullEventsMax: 500,
  deltaEventsMax: 2_000,
  snapshotPageViews: 500,
  roomHistoryEvents: 200,
  /** Recent events that a first join shows, such as the last lines of a live chat. */
  roomJoinEvents: 50,
  roomHistoryMs: 10 * 60_000,
  inboxKeptDays: 30,
  idempotencyKeptHours: 24,
  backlogBytes: 1024 * 1024,
  backlogMs: 10_000,
  badFramesPerMinute: 20,
  /** Arrays and objects within one another in an input. */
  inputDepth: 32,
  commandsInFlightPerSocket: 100,
  /** New sockets from one address; high, because carriers put thousands of people behind one. */
  connectsPerMinute: 3_000,
  sweepBatch: 200,
  /** What `server.unavailable` tells a client to wait. */
  unavailableRetryMs: 1_000,
  /** Sockets are kept through an outage of the database of this length, then sent away with 4006. */
  databaseAwayMs: 60_000,
  /** After an outage, sockets whose token expired meanwhile get this long to extend it. */
  extendAfterOutageMs: 30_000,
} as const;

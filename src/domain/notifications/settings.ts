const dayMs = 86_400_000;

export const notificationLimits = {
  /** People whose notices one call turns into notifications, and how many of each. */
  peopleBatch: 50,
  noticesPerPerson: 50,
  /** A notice that nobody came to tell for this long is not news any more. */
  noticeKeptMs: 2 * dayMs,
  keptMs: 90 * dayMs,
  snapshotMs: 30 * dayMs,
  snapshotMax: 200,
  markReadMax: 200,
  digestLines: 10,
  digestItems: 100,
  /** A message that could not leave for this long is of no use; by e-mail, which is read later, for longer. */
  ttlMs: dayMs,
  /** Mails about chats wait, so that a conversation makes one mail. */
  chatMailDelayMs: 600_000,
} as const;

/** What breaks quiet hours and is never held for a digest: somebody may be taking the account over. */
export const urgentTemplates: ReadonlySet<string> = new Set(['password.changed', 'session.new', 'sanction.suspend']);

import { z } from 'zod';
import { defineSignal } from '../kernel/define.ts';
import { UserId } from '../kernel/ids.ts';
import { orNull } from '../kernel/or-null.ts';
import { Timestamp } from '../kernel/timestamp.ts';

/** `lastSeenAt` is when the person's last socket went: null while online and when it is not known. */
export const PresenceView = z.object({ userId: UserId, online: z.boolean(), lastSeenAt: orNull(Timestamp) });

/** Sent to those who watch the person. */
export const presence = defineSignal({ type: 'presence', data: PresenceView });

/** The number of the newest inbox event, sent when a socket may have missed it: pull if it is newer than yours. */
export const inboxHeadSignal = defineSignal({
  type: 'inbox.head',
  data: z.object({ epoch: z.string(), seq: z.int() }),
});

import DataLoader from 'dataloader';
import { limits, type InboxPull, type InboxWant, type UserActor } from '../domain/kernel/index.ts';
import type { AuthFailureCode, GatewayParts } from './parts.ts';

/** Sockets that share one statement. */
const batchSizeMax = 200;
/** Events that one statement may bring, for all its people together: 10 MB where they are of 1 KB. */
const batchEventsMax = 10_000;
/** The others of a moment are waited for this long. */
const gatherMs = 5;
/** The rest of the database's connections is for commands, however many sockets arrive. */
const batchesInFlightMax = 2;

/** What arriving sockets ask of the database, many at a time. */
export interface BatchedReads {
  authenticate(token: string): Promise<UserActor | AuthFailureCode>;
  /** The head and, with a cursor, the next page of missed events; a smaller page the more people ask. */
  pull(want: InboxWant): Promise<InboxPull>;
  /** Statements sent since the start. */
  batches(): number;
}

export function batchReads({
  authenticateMany,
  inbox,
}: Pick<GatewayParts, 'authenticateMany' | 'inbox'>): BatchedReads {
  const due: (() => void)[] = [];
  let inFlight = 0;
  let batches = 0;
  // A batch that waits for its turn still takes people in.
  const next = () => {
    for (let free = batchesInFlightMax - inFlight; free > 0; free -= 1) due.shift()?.();
  };
  const batched = <Key, Value>(read: (keys: readonly Key[]) => Promise<Value[]>) => {
    const load = async (keys: readonly Key[]): Promise<Value[]> => {
      inFlight += 1;
      batches += 1;
      try {
        return await read(keys);
      } finally {
        inFlight -= 1;
        next();
      }
    };
    return new DataLoader(load, {
      cache: false,
      maxBatchSize: batchSizeMax,
      batchScheduleFn(dispatch) {
        setTimeout(() => {
          due.push(dispatch);
          next();
        }, gatherMs);
      },
    });
  };
  const actors = batched(authenticateMany);
  const inboxes = batched((wants: readonly InboxWant[]) => inbox.pullMany(wants, pageFor(wants.length)));
  return {
    authenticate: (token) => actors.load(token),
    pull: (want) => inboxes.load(want),
    batches: () => batches,
  };
}

/** 500 events for one person, 50 for each of 200. */
function pageFor(people: number): number {
  return Math.min(limits.pullEventsMax, Math.floor(batchEventsMax / people));
}

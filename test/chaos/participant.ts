import { connect, EntityStore, type InboxEvent, type RoomEvent, type SokoClient } from '../../client/src/index.ts';
import type { TestUser } from '../support/harness.ts';
import type { Cluster } from './cluster.ts';
import type { Line } from './line.ts';
import type { ClusterNode } from './node.ts';

/** An inbox event as it was applied. */
export interface AppliedEvent extends InboxEvent {
  readonly epoch: string;
  /** Milliseconds since the epoch, by the clock of this process. */
  readonly appliedAt: number;
}

/** A lost connection, as the client told it. */
export interface Loss {
  readonly at: number;
  readonly code: string;
  readonly message: string;
  readonly retryInMs: number | null;
}

/** A person with the real client, on a line of their own, and everything that the client was told. */
export interface Participant {
  readonly user: TestUser;
  readonly line: Line;
  readonly client: SokoClient;
  readonly store: EntityStore;
  readonly applied: readonly AppliedEvent[];
  /** Events of public rooms, in one list from each reading of a room's state to the next. */
  readonly roomLogs: readonly (readonly RoomEvent[])[];
  readonly losses: readonly Loss[];
  /** How often the whole state was read; once is the start. */
  snapshots(): number;
  leave(): Promise<void>;
}

export async function participate(cluster: Cluster, user: TestUser, home?: ClusterNode): Promise<Participant> {
  const line = await cluster.line(home);
  const store = new EntityStore();
  const applied: AppliedEvent[] = [];
  const losses: Loss[] = [];
  const roomLogs: RoomEvent[][] = [];
  let last: InboxEvent | null = null;
  let snapshots = 0;
  const client = await connect({
    url: line.url,
    token: user.token,
    store,
    onSnapshot: () => (snapshots += 1),
    onEvent: (event) => (last = event),
    onCursor({ epoch }) {
      // A cursor follows each event, and a snapshot, which is no event.
      if (last) applied.push({ ...last, epoch, appliedAt: Date.now() });
      last = null;
    },
  });
  client.on('offline', ({ error: { code, message }, retryInMs }) => {
    losses.push({ at: Date.now(), code, message, retryInMs });
  });
  client.on('roomSnapshot', () => roomLogs.push([]));
  client.on('room', (event) => roomLogs.at(-1)?.push(event));
  return {
    user,
    line,
    client,
    store,
    applied,
    roomLogs,
    losses,
    snapshots: () => snapshots,
    async leave() {
      client.close();
      await line.close();
    },
  };
}

/** Numbers of room events that do not follow the one before them; of one room, between readings of its state. */
export function roomGaps(people: readonly Participant[]): string[] {
  return people.flatMap(({ user, roomLogs }) =>
    roomLogs.flatMap((log) =>
      log.slice(1).flatMap(({ seq }, index) => (seq === log[index]!.seq + 1 ? [] : [`${user.id}: ${seq}`])),
    ),
  );
}

/** Connects many, a few at a time, spread evenly over the nodes. */
export async function participateAll(cluster: Cluster, users: readonly TestUser[]): Promise<Participant[]> {
  const all: Participant[] = [];
  for (let from = 0; from < users.length; from += 20) {
    const batch = users.slice(from, from + 20);
    const homes = batch.map((_, index) => cluster.nodes[(from + index) % cluster.nodes.length]);
    all.push(...(await Promise.all(batch.map((user, index) => participate(cluster, user, homes[index])))));
  }
  return all;
}

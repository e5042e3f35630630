import { isDeepStrictEqual } from 'node:util';
import { EntityStore, type EntityView } from '../../client/src/index.ts';
import { waitFor } from '../support/services/held-process.ts';
import type { Cluster } from './cluster.ts';
import type { Participant } from './participant.ts';

/** What clients applied, compared with the database. */
export interface Audit {
  /** Inbox events of these people in the database. */
  readonly events: number;
  /** Events that clients applied. */
  readonly delivered: number;
  readonly lost: number;
  readonly doubled: number;
  readonly misordered: number;
  /** Applied with other content than is stored. */
  readonly altered: number;
  /** Entities that a client's store holds otherwise than a fresh snapshot. */
  readonly stale: number;
  /** Times that a client had to read its whole state anew. */
  readonly rereads: number;
  /** What is wrong, for people: the first few of it. */
  readonly notes: readonly string[];
}

/** An audit without a complaint; the numbers of events are the log's own. */
export const exact = { lost: 0, doubled: 0, misordered: 0, altered: 0, stale: 0, rereads: 0, notes: [] } as const;

interface StoredEvent {
  readonly user_id: string;
  readonly seq: number;
  readonly type: string;
  readonly data: unknown;
}

const notesMax = 10;
/** Longer than a job is kept for the worker that lost its database in the middle of it. */
const settleMs = 90_000;

/**
 * Waits until every client stands at its person's head, then compares: each log with the rows of the database, each
 * store with a fresh snapshot.
 */
export async function audit(
  cluster: Cluster,
  people: readonly Participant[],
  settleWithinMs = settleMs,
): Promise<Audit> {
  const unsettled = await settled(cluster, people, settleWithinMs).then(
    () => [],
    (error: Error) => [error.message],
  );
  const byUser = Map.groupBy(await storedEvents(cluster, people), ({ user_id }) => user_id);
  const sum = { events: 0, delivered: 0, lost: 0, doubled: 0, misordered: 0, altered: 0, stale: 0, rereads: 0 };
  const notes: string[] = [...unsettled];
  for (const person of people) {
    const stored = byUser.get(person.user.id) ?? [];
    const found = compareLog(person, stored);
    const stale = await staleEntities(person).catch((error: Error) => [`no snapshot: ${error.message}`]);
    const rereads = person.snapshots() - 1;
    sum.events += stored.length;
    sum.delivered += person.applied.length;
    sum.stale += stale.length;
    sum.rereads += rereads;
    for (const key of ['lost', 'doubled', 'misordered', 'altered'] as const) sum[key] += found[key].length;
    const wrong = Object.entries({ ...found, stale }).filter(([, items]) => items.length > 0);
    if (wrong.length + rereads > 0) notes.push(noteOf(person, { ...Object.fromEntries(wrong), rereads }));
  }
  return { ...sum, notes: notes.slice(0, notesMax) };
}

/** Waits until nothing more comes. Rejects with who is behind when some are after the time. */
export async function settled(cluster: Cluster, people: readonly Participant[], withinMs = settleMs): Promise<void> {
  await waitFor(async () => {
    // The worker tells of events by further events, a few seconds later.
    const [due] = await cluster.rows<{ n: number }>('select count(*)::int as n from inbox_notice');
    if (due && due.n > 0) throw new Error(`${due.n} notices are still to be told`);
    const heads = await headsOf(cluster, people);
    const behind = people.filter(
      ({ user, client }) => !client.online || client.cursor?.seq !== (heads.get(user.id) ?? 0),
    );
    if (behind.length === 0) return;
    const where = behind.slice(0, 5).map(({ user, client, line }) => {
      const at = `${client.cursor?.seq} of ${heads.get(user.id)}`;
      return `${user.id} at port ${line.port()} ${client.online ? 'online' : 'offline'} at ${at}`;
    });
    throw new Error(`${behind.length} clients are behind: ${where.join('; ')}`);
  }, withinMs);
}

async function headsOf(cluster: Cluster, people: readonly Participant[]): Promise<Map<string, number>> {
  const rows = await cluster.rows<{ user_id: string; seq: number }>(
    `select user_id, seq::int as seq from inbox_head where user_id in (${idsOf(people)})`,
  );
  return new Map(rows.map(({ user_id, seq }) => [user_id, seq]));
}

function storedEvents(cluster: Cluster, people: readonly Participant[]): Promise<StoredEvent[]> {
  return cluster.rows(
    `select user_id, seq::int as seq, type, data from inbox_event where user_id in (${idsOf(people)})
     order by user_id, inbox_event.seq`,
  );
}

function idsOf(people: readonly Participant[]): string {
  return people.map(({ user }) => `'${user.id}'`).join(',');
}

function compareLog({ applied }: Participant, stored: readonly StoredEvent[]) {
  const seen = new Set<number>();
  const found = { lost: [] as number[], doubled: [] as number[], misordered: [] as number[], altered: [] as number[] };
  const storedBySeq = new Map(stored.map((event) => [event.seq, event]));
  let previous = 0;
  for (const { seq, type, data } of applied) {
    if (seen.has(seq)) found.doubled.push(seq);
    else if (seq !== previous + 1) found.misordered.push(seq);
    seen.add(seq);
    previous = seq;
    const row = storedBySeq.get(seq);
    if (!row || row.type !== type || !isDeepStrictEqual(row.data, data)) found.altered.push(seq);
  }
  for (const { seq } of stored) if (!seen.has(seq)) found.lost.push(seq);
  return found;
}

/** Compares what both can know: the entities of the snapshot, and those of the same kinds in the store. */
async function staleEntities({ client, store }: Participant): Promise<string[]> {
  const fresh = new EntityStore();
  const kinds = new Set<string>();
  for (let cursor: string | undefined; ;) {
    const page = await client.call('sync.snapshot', cursor ? { cursor } : {});
    for (const [entity, views] of Object.entries(page.state as Record<string, Omit<EntityView, 'entity'>[]>)) {
      kinds.add(entity);
      for (const view of views) fresh.apply({ entity, ...view });
    }
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  return [...kinds].flatMap((kind) => {
    const ids = new Set([...fresh.all(kind), ...store.all(kind)].map(({ id }) => id));
    return [...ids]
      .filter((id) => !isDeepStrictEqual(timeless(fresh.get(kind, id)), timeless(store.get(kind, id))))
      .map((id) => `${kind} ${id}`);
  });
}

/** Without the reading of the clock that some views carry, and without what only an event knows. */
function timeless(view: object | undefined): object | undefined {
  if (!view) return undefined;
  const { serverNow: _now, entity: _entity, ...rest } = view as { serverNow?: unknown; entity?: unknown };
  return rest;
}

function noteOf({ user }: Participant, wrong: object): string {
  return `${user.id}: ${JSON.stringify(wrong).slice(0, 300)}`;
}

import { CommandError, type InboxBatch, type InboxPull, type StoredInboxEvent } from '../../src/domain/kernel/index.ts';
import type { Dice, VirtualTime } from './virtual-time.ts';

/** A view without the name of its entity. `made` names the commit, so that no two events look alike. */
interface View {
  readonly id: string;
  readonly version: number;
  readonly made: number;
  readonly deleted?: true;
}

interface Row extends StoredInboxEvent {
  readonly data: View & { readonly entity: 'thing' };
  readonly commit: number;
}

interface Log {
  readonly rows: Row[];
  /** Numbers up to this one are deleted. */
  pruned: number;
}

export interface DatabaseFlaws {
  /** A restore goes on under the old epoch. */
  readonly keepsEpoch?: boolean;
  /** Numbers are drawn before the commit, as a `bigserial` does, so that a number may show before a smaller one. */
  readonly numbersEarly?: boolean;
}

const snapshotPageViews = 2;
const entities = 4;

/**
 * People's inboxes as the database keeps them: a commit appends numbered events at one instant, a read sees one
 * instant, a restore goes back to an earlier commit under a new epoch. What was deleted or rolled back is remembered
 * here, for judging what clients applied.
 */
export class SimDatabase {
  epoch = 'epoch 1';
  isUp = true;
  readonly #time: VirtualTime;
  readonly #dice: Dice;
  readonly #flaws: DatabaseFlaws;
  #logs = new Map<string, Log>();
  readonly #earlier = new Map<string, ReadonlyMap<string, Log>>();
  #commits = 0;
  #restores = 0;

  constructor(time: VirtualTime, dice: Dice, flaws: DatabaseFlaws) {
    this.#time = time;
    this.#dice = dice;
    this.#flaws = flaws;
  }

  /** A transaction for some people; null when it was rolled back. */
  async commit(userIds: readonly string[], isAlive: () => boolean): Promise<InboxBatch[] | null> {
    const restores = this.#restores;
    const reserved = this.#flaws.numbersEarly ? userIds.map((userId) => this.#reserve(userId)) : null;
    await this.#latency();
    if (!this.isUp || restores !== this.#restores || !isAlive()) return null;
    this.#commits += 1;
    return userIds.map((userId, index) => {
      const row = this.#newRow(userId, reserved?.[index] ?? this.head(userId) + 1);
      const { rows } = this.#logOf(userId);
      rows.push(row);
      rows.sort((one, other) => one.seq - other.seq);
      return { userId, epoch: this.epoch, events: [row] };
    });
  }

  /** Reads at one instant somewhere within the time that the answer takes. */
  async read<T>(at: () => T): Promise<T> {
    await this.#latency();
    if (!this.isUp) throw new CommandError('server.unavailable', { retryAfterMs: 1_000 });
    const answer = at();
    await this.#latency();
    return answer;
  }

  head(userId: string): number {
    return this.#logs.get(userId)?.rows.at(-1)?.seq ?? 0;
  }

  /** As `pullInbox` answers. */
  pull(userId: string, { epoch, after, limit }: { epoch: string; after: number; limit: number }): InboxPull {
    const { rows, pruned } = this.#logOf(userId);
    const head = this.head(userId);
    const none = { epoch: this.epoch, events: [], head, more: false };
    if (epoch !== this.epoch || after > head) return { ...none, snapshotRequired: true };
    const events = rows.filter(({ seq }) => seq > after && seq > pruned).slice(0, limit);
    if ((events[0]?.seq ?? head + 1) !== after + 1) return { ...none, snapshotRequired: true };
    return { ...none, events, more: (events.at(-1)?.seq ?? head) < head, snapshotRequired: false };
  }

  /** One page of the state, as `sync.snapshot` answers. */
  snapshot(userId: string, cursor: string | undefined) {
    const [epoch, head, afterId] = (cursor ? JSON.parse(cursor) : [this.epoch, this.head(userId), '']) as any[];
    const first = epoch === this.epoch ? { head, afterId } : { head: this.head(userId), afterId: '' };
    const views = this.state(userId).filter(({ id }) => id > first.afterId);
    const given = views.slice(0, snapshotPageViews);
    const more = given.length < views.length;
    return {
      epoch: this.epoch,
      head: first.head,
      state: { thing: given },
      more,
      nextCursor: more ? JSON.stringify([this.epoch, first.head, given.at(-1)!.id]) : null,
    };
  }

  /** What a person's events fold to: the views that are not deleted, in the order of their ids. */
  state(userId: string): View[] {
    const views = new Map<string, View>();
    for (const { data } of this.#logOf(userId).rows) {
      const { entity: _entity, ...view } = data;
      views.set(view.id, view);
    }
    return [...views.values()].filter((view) => !view.deleted).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** The event that a number stood for in an epoch, deleted or not. */
  event(userId: string, { epoch, seq }: { epoch: string; seq: number }): StoredInboxEvent | undefined {
    const logs = epoch === this.epoch ? this.#logs : this.#earlier.get(epoch);
    return logs?.get(userId)?.rows.find((row) => row.seq === seq);
  }

  /** Deletes a person's events but for the newest few. */
  prune(userId: string, keep: number): void {
    const log = this.#logOf(userId);
    log.pruned = Math.max(log.pruned, this.head(userId) - keep);
  }

  /** Goes back to how everything was this many commits ago. */
  restore(undone: number): void {
    this.#restores += 1;
    const last = this.#commits - undone;
    const kept = [...this.#logs].map(([userId, { rows, pruned }]): [string, Log] => {
      return [userId, { rows: rows.filter(({ commit }) => commit <= last), pruned }];
    });
    if (!this.#flaws.keepsEpoch) {
      this.#earlier.set(this.epoch, this.#logs);
      this.epoch = `epoch ${this.#restores + 1}`;
    }
    this.#logs = new Map(kept);
  }

  #newRow(userId: string, seq: number): Row {
    const id = `thing ${this.#dice.between(1, entities)}`;
    const latest = this.#logOf(userId).rows.findLast(({ data }) => data.id === id)?.data;
    const version = (latest?.version ?? 0) + 1;
    const isDeleted = latest !== undefined && !latest.deleted && this.#dice.chance(0.1);
    const data = {
      entity: 'thing' as const,
      id,
      version,
      made: this.#commits,
      ...(isDeleted ? { deleted: true as const } : {}),
    };
    return { seq, type: 'thing.changed', at: '', commit: this.#commits, data };
  }

  readonly #reserved = new Map<string, number>();
  #reserve(userId: string): number {
    const seq = Math.max(this.#reserved.get(userId) ?? 0, this.head(userId)) + 1;
    this.#reserved.set(userId, seq);
    return seq;
  }

  #logOf(userId: string): Log {
    const log = this.#logs.get(userId) ?? { rows: [], pruned: 0 };
    this.#logs.set(userId, log);
    return log;
  }

  #latency(): Promise<void> {
    return this.#time.wait(this.#dice.between(0, this.#dice.chance(0.1) ? 300 : 20));
  }
}

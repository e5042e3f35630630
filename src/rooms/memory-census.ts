import {
  audienceTellMs,
  type CensusOutcome,
  type CensusReport,
  type CensusStore,
  type PresenceState,
} from './census.ts';

/** People whose last socket is remembered at most. */
const lastSeenMax = 100_000;

/** The counts of the only node there is. */
export class MemoryCensusStore implements CensusStore {
  readonly #told = new Map<string, { count: number; at: number }>();
  readonly #online = new Set<string>();
  readonly #lastSeenAt = new Map<string, string>();

  async report({ rooms, came, gone }: CensusReport): Promise<CensusOutcome> {
    const audiences: { room: string; count: number }[] = [];
    const deferred: string[] = [];
    const now = performance.now();
    for (const [room, count] of rooms) {
      const told = this.#told.get(room);
      if (count === 0) this.#told.delete(room);
      if (count === 0 || told?.count === count) continue;
      if (told && now - told.at < audienceTellMs) {
        deferred.push(room);
        continue;
      }
      this.#told.set(room, { count, at: now });
      audiences.push({ room, count });
    }
    for (const userId of came) this.#online.add(userId);
    for (const userId of gone) this.#leave(userId);
    return { unknown: false, audiences, deferred, presences: await this.presences([...came, ...gone]) };
  }

  async countElsewhere(rooms: readonly string[]): Promise<number[]> {
    return rooms.map(() => 0);
  }

  async presences(userIds: readonly string[]): Promise<PresenceState[]> {
    return userIds.map((userId) => {
      const online = this.#online.has(userId);
      return { userId, online, lastSeenAt: online ? null : (this.#lastSeenAt.get(userId) ?? null) };
    });
  }

  #leave(userId: string): void {
    this.#online.delete(userId);
    this.#lastSeenAt.delete(userId);
    this.#lastSeenAt.set(userId, new Date().toISOString());
    const [eldest] = this.#lastSeenAt.keys();
    if (this.#lastSeenAt.size > lastSeenMax && eldest !== undefined) this.#lastSeenAt.delete(eldest);
  }
}

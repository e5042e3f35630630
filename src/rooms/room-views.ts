/** The views of one room and head are alike for a moment at most: what changes without an event must show too. */
const keptMs = 1_000;
const roomsMax = 1_000;

export type RoomView = Record<string, unknown> | null;

interface KeptView {
  readonly at: number;
  readonly epoch: string;
  readonly head: number;
  readonly view: Promise<RoomView>;
}

/**
 * One reading of a room's view for all who join it at the same head: a stream's viewers come back by the hundred. A
 * view read after the head holds everything up to it; whatever changes later has an event with a higher number.
 */
export class RoomViews {
  readonly #kept = new Map<string, KeptView>();

  /** Call it after reading the head. A reading that failed is not kept. */
  at(room: string, { epoch, head }: { epoch: string; head: number }, read: () => Promise<RoomView>): Promise<RoomView> {
    const now = performance.now();
    const kept = this.#kept.get(room);
    if (kept?.epoch === epoch && kept.head === head && now - kept.at < keptMs) return kept.view;
    const view = read();
    view.catch(() => this.#kept.delete(room));
    this.#kept.delete(room);
    this.#kept.set(room, { at: now, epoch, head, view });
    const [eldest] = this.#kept.keys();
    if (this.#kept.size > roomsMax && eldest !== undefined) this.#kept.delete(eldest);
    return view;
  }
}

import { roomFrame, type Frame } from './frame.ts';
import { reaches, type RoomCursor, type RoomLog } from './room-log.ts';
import type { RoomTransport } from './transport.ts';
import type { Trouble } from './trouble.ts';

const sweepMs = 2_000;
/** A head may be read before the frame that carries it arrives: only what is still missing after this was lost. */
const arrivalMs = 250;
const headsPerRead = 500;

interface RoomFeedParts {
  readonly log: RoomLog;
  readonly send: (frame: Frame) => void;
  readonly trouble: Trouble;
}

/**
 * Hands the frames of public rooms to this node's sockets: each number once and in order, whatever becomes of the
 * messages between nodes. What was lost on the way is read from the log once for all sockets of the node, when the next
 * frame shows a gap or, for a lost last one, when the heads are compared every two seconds.
 */
export class RoomFeed {
  readonly #parts: RoomFeedParts;
  /** What the sockets here were sent, by room. */
  readonly #marks = new Map<string, RoomCursor>();
  /** Rooms being repaired; true where another frame came meanwhile. */
  readonly #repairs = new Map<string, boolean>();
  #transport: RoomTransport | null = null;
  #timer: NodeJS.Timeout | null = null;
  #repaired = 0;

  constructor(parts: RoomFeedParts) {
    this.#parts = parts;
  }

  /** Times that frames of a room were missing here and read from the log. */
  get repaired(): number {
    return this.#repaired;
  }

  attach(transport: RoomTransport): void {
    this.#transport = transport;
    this.#schedule();
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#transport = null;
  }

  /**
   * A socket joined and was given everything up to here. Where others were in the room before, their mark stays: frames
   * up to the head may still be on their way to them.
   */
  note(room: string, cursor: RoomCursor): void {
    const mark = this.#marks.get(room);
    if (mark?.epoch === cursor.epoch) return;
    this.#marks.set(room, cursor);
    if (mark) this.#parts.send(roomFrame(room, { epoch: cursor.epoch, first: cursor.seq + 1, texts: [] }));
  }

  /** A frame as the log published it, at most once. */
  receive(frame: Frame): void {
    const { to: room, span } = frame;
    if (!span) return;
    if (this.#repairs.has(room)) return void this.#repairs.set(room, true);
    const mark = this.#marks.get(room);
    if (mark?.epoch === span.epoch) {
      if (span.first <= mark.seq) return;
      if (span.first > mark.seq + 1) return void this.#repair(room);
    }
    this.#marks.set(room, { epoch: span.epoch, seq: span.last });
    this.#parts.send(frame);
  }

  #schedule(): void {
    this.#timer = setTimeout(() => {
      this.#sweep()
        .catch((error: unknown) => this.#parts.trouble.report('the heads of rooms could not be compared', error))
        .finally(() => this.#transport && this.#schedule());
    }, sweepMs);
    this.#timer.unref();
  }

  async #sweep(): Promise<void> {
    const sizes = this.#transport?.roomSizes();
    for (const room of this.#marks.keys()) if (!sizes?.has(room)) this.#marks.delete(room);
    const rooms = [...this.#marks.keys()];
    const suspects = new Map<string, RoomCursor>();
    for (let from = 0; from < rooms.length; from += headsPerRead) {
      const some = rooms.slice(from, from + headsPerRead);
      const heads = await this.#parts.log.heads(some);
      for (const [index, room] of some.entries()) {
        const head = heads[index];
        if (head && this.#isBehind(room, head)) suspects.set(room, head);
      }
    }
    if (suspects.size === 0) return;
    await new Promise((resolve) => setTimeout(resolve, arrivalMs));
    for (const [room, head] of suspects) if (this.#isBehind(room, head)) await this.#repair(room);
  }

  #isBehind(room: string, { epoch, seq }: RoomCursor): boolean {
    const mark = this.#marks.get(room);
    return mark !== undefined && (mark.epoch !== epoch || mark.seq < seq);
  }

  /** Reads what this node missed and sends it as if it had just come. Clients drop what they have. */
  async #repair(room: string): Promise<void> {
    if (this.#repairs.has(room)) return;
    this.#repaired += 1;
    try {
      do {
        this.#repairs.set(room, false);
        const mark = this.#marks.get(room);
        if (!mark) return;
        const missed = await this.#parts.log.read(room, mark.seq);
        // Beyond reach: the newest that are kept show every client its gap, or the new epoch.
        const kept = reaches(missed, mark) ? missed : await this.#parts.log.read(room, null);
        const { epoch, head, texts } = kept;
        this.#marks.set(room, { epoch, seq: head });
        const isNews = texts.length > 0 || epoch !== mark.epoch;
        if (isNews) this.#parts.send(roomFrame(room, { epoch, first: head - texts.length + 1, texts }));
      } while (this.#repairs.get(room));
    } catch (error) {
      // The mark stays where it is: the next frame or sweep tries again.
      this.#parts.trouble.report('missed frames of a room could not be read', error);
    } finally {
      this.#repairs.delete(room);
    }
  }
}

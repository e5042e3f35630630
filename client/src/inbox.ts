import { guarded } from './emitter.ts';
import { OrderedFeed, type Reading } from './feed.ts';
import type { Cursor, EntityView, InboxEvent, Ready, Snapshot } from './protocol.ts';

export interface InboxParts {
  /** Calls the server once, on the connection that is up now. */
  readonly call: (name: string, input: object) => Promise<unknown>;
  readonly fatal: (error: unknown) => boolean;
  /** Where the application stopped last time. */
  readonly cursor: Cursor | null;
  /** Takes the state itself when events alone cannot tell it; without it, the inbox goes on from its head. */
  readonly onSnapshot?: ((snapshot: Snapshot) => void) | undefined;
  readonly onEvent: (event: InboxEvent) => void;
  readonly onCursor: (cursor: Cursor) => void;
  readonly pause?: (ms: number) => Promise<void>;
}

interface Pulled {
  readonly epoch: string;
  readonly events: readonly InboxEvent[];
  readonly head: number;
  readonly snapshotRequired: boolean;
}

interface SnapshotPage {
  readonly epoch: string;
  readonly head: number;
  readonly state: Readonly<Record<string, readonly Omit<EntityView, 'entity'>[]>>;
  readonly nextCursor: string | null;
}

/** A person's own log of events, applied in order and once. */
export class Inbox {
  readonly #parts: InboxParts;
  readonly #feed: OrderedFeed<InboxEvent>;

  constructor(parts: InboxParts) {
    this.#parts = parts;
    const source = {
      read: (after: Cursor | null) => (after ? this.#pull(after) : this.#readState()),
      apply: (event: InboxEvent) => guarded(() => parts.onEvent(event)),
      moved: (cursor: Cursor) => guarded(() => parts.onCursor(cursor)),
      fatal: parts.fatal,
    };
    this.#feed = new OrderedFeed(source, parts.cursor, parts.pause);
  }

  get cursor(): Cursor | null {
    return this.#feed.cursor;
  }

  /** A connection is up; the frames that the server pushes after a recovery may follow. */
  open({ epoch, head, recovered, snapshotRequired }: NonNullable<Ready['inbox']>): Promise<void> {
    const fresh = this.cursor === null;
    if (fresh && !this.#parts.onSnapshot) this.#feed.restart({ epoch, seq: head });
    else if (snapshotRequired) this.#feed.restart(null);
    const unread = this.cursor === null || (!fresh && !recovered);
    return this.#feed.open({ unread });
  }

  close(): void {
    this.#feed.close();
  }

  receive(frame: { epoch: string; events: readonly InboxEvent[] }): void {
    this.#feed.receive(frame.epoch, frame.events);
  }

  announce(head: Cursor): void {
    this.#feed.announce(head);
  }

  async #pull({ epoch, seq }: Cursor): Promise<Reading<InboxEvent>> {
    const pulled = (await this.#parts.call('sync.pull', { epoch, after: seq })) as Pulled;
    return pulled.snapshotRequired ? { kind: 'lost' } : { kind: 'events', ...pulled };
  }

  async #readState(): Promise<Reading<InboxEvent>> {
    const { call, onSnapshot } = this.#parts;
    if (!onSnapshot) {
      // No epoch is called '': the answer tells where the log is now.
      const { epoch, head } = (await call('sync.pull', { epoch: '', after: 0 })) as Pulled;
      return { kind: 'fresh', cursor: { epoch, seq: head } };
    }
    const first = (await call('sync.snapshot', {})) as SnapshotPage;
    const state: Record<string, Omit<EntityView, 'entity'>[]> = {};
    for (let page = first; ;) {
      for (const [entity, views] of Object.entries(page.state)) (state[entity] ??= []).push(...views);
      if (page.nextCursor === null) break;
      page = (await call('sync.snapshot', { cursor: page.nextCursor })) as SnapshotPage;
    }
    const cursor = { epoch: first.epoch, seq: first.head };
    guarded(() => onSnapshot({ cursor, state }));
    return { kind: 'fresh', cursor };
  }
}

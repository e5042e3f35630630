import {
  connect,
  type CallName,
  type Cursor,
  type EventData,
  type EventType,
  type InboxEvent,
  type Input,
  type Output,
  type Signal,
  type SignalData,
  type SignalType,
  type SokoClient,
} from '../../client/src/index.ts';
import { expect, within, type Timeline } from './timeline.ts';

/** Generous: a slow machine is not a broken server. */
export const patienceMs = 60_000;

interface Awaited {
  readonly fits: (told: InboxEvent | Signal) => boolean;
  readonly found: (told: InboxEvent | Signal) => void;
}

/** A person with a real client, who remembers every event and signal. */
export class Actor {
  readonly name: string;
  readonly userId: string;
  readonly #url: string;
  readonly #token: string;
  readonly #timeline: Timeline;
  readonly #awaited = new Set<Awaited>();
  /** Inbox events in the order they were applied, over all clients of this person. */
  readonly events: InboxEvent[] = [];
  readonly signals: Signal[] = [];
  #client: SokoClient | null = null;
  #first: Cursor | null = null;
  #cursor: Cursor | null = null;

  constructor(who: { name: string; userId: string; token: string }, at: { url: string; timeline: Timeline }) {
    this.name = who.name;
    this.userId = who.userId;
    this.#token = who.token;
    this.#url = at.url;
    this.#timeline = at.timeline;
  }

  get client(): SokoClient {
    expect(this.#client, `${this.name} is connected`);
    return this.#client;
  }

  get cursor(): Cursor | null {
    return this.#cursor;
  }

  /** Connects with the cursor kept from last time, if there was one. */
  async arrive(): Promise<void> {
    const client = await connect({
      url: this.#url,
      token: this.#token,
      inbox: this.#cursor,
      platform: 'demo',
      version: '1',
      onCursor: (cursor) => (this.#cursor = cursor),
      onEvent: (event) => this.#hear(event, this.events),
    });
    this.#client = client;
    this.#first ??= client.cursor;
    client.on('signal', (signal) => this.#hear(signal, this.signals));
  }

  /** The network is gone from one moment to the next, and this client never comes back. */
  vanish(): void {
    this.client.drop(60_000);
    this.client.close();
    this.#client = null;
  }

  leave(): void {
    this.#client?.close();
  }

  says(what: string): void {
    this.#timeline.line(this.name, what);
  }

  call<Name extends CallName>(name: Name, input: Input<Name>): Promise<Output<Name>> {
    return this.client.call(name, input);
  }

  /** Waits for an inbox event, one heard already included, and prints that it came. */
  async hears<Type extends EventType>(
    type: Type,
    fits: (data: EventData<Type>) => boolean,
    what: string,
  ): Promise<EventData<Type>> {
    const fitting = (told: InboxEvent | Signal) =>
      told.type === type && 'seq' in told && fits(told.data as EventData<Type>);
    const event = await this.#await(this.events, fitting, `${this.name} is pushed ${type} (${what})`);
    this.says(`◂ ${what}`);
    return event.data as EventData<Type>;
  }

  /** Waits until the latest signal of a type fits, and prints that it came. */
  async notices<Type extends SignalType>(
    type: Type,
    fits: (data: SignalData<Type>) => boolean,
    what: string,
  ): Promise<SignalData<Type>> {
    const fitting = (told: InboxEvent | Signal) =>
      told.type === type && !('seq' in told) && fits(told.data as SignalData<Type>);
    const latest = this.signals.filter((signal) => signal.type === type).slice(-1);
    const signal = await this.#await(latest, fitting, `${this.name} is signalled ${type} (${what})`);
    this.says(`◂ ${what}`);
    return signal.data as SignalData<Type>;
  }

  /** Compares everything heard with the log that the server keeps. Returns how many events there were. */
  async checkLog(): Promise<number> {
    const { epoch } = this.client.ready.inbox ?? {};
    expect(epoch && this.#first, `${this.name} has an inbox`);
    const kept: InboxEvent[] = [];
    for (let after = this.#first.seq; ;) {
      const pulled = await this.call('sync.pull', { epoch, after });
      kept.push(...(pulled.events as InboxEvent[]));
      after = kept.at(-1)?.seq ?? after;
      if (!pulled.more) break;
    }
    const seen = this.events.map(({ seq, type }) => `${seq} ${type}`);
    const logged = kept.slice(0, seen.length).map(({ seq, type }) => `${seq} ${type}`);
    expect(
      kept.length === seen.length,
      `${this.name} has applied ${kept.length} events, as many as the log holds (not ${seen.length})`,
    );
    expect(seen.join() === logged.join(), `${this.name} has applied the log in order, without a gap`);
    return seen.length;
  }

  #hear<T extends InboxEvent | Signal>(told: T, memory: T[]): void {
    memory.push(told);
    for (const waiting of this.#awaited) if (waiting.fits(told)) waiting.found(told);
  }

  #await(
    memory: readonly (InboxEvent | Signal)[],
    fits: Awaited['fits'],
    expectation: string,
  ): Promise<InboxEvent | Signal> {
    const known = memory.findLast((told) => fits(told));
    if (known) return Promise.resolve(known);
    let waiting: Awaited | undefined;
    const found = new Promise<InboxEvent | Signal>((resolve) => {
      waiting = { fits, found: resolve };
      this.#awaited.add(waiting);
    });
    return within(found, patienceMs, expectation).finally(() => waiting && this.#awaited.delete(waiting));
  }
}

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Inbox } from '../../client/src/inbox.ts';
import type { InboxEvent } from '../../client/src/index.ts';

const soon = () => new Promise<void>((resolve) => setImmediate(resolve));
const eventOf = (seq: number, id: string): InboxEvent => ({
  seq,
  type: 'test.changed',
  at: '',
  data: { entity: 'test', id, version: 1 },
});

/** A server's log for one person, which a restore may cut short under a new epoch. */
class ServerLog {
  epoch = 1;
  ids: string[] = [];
  failing = false;
  #made = 0;

  append(count: number): { epoch: string; events: InboxEvent[] } {
    const from = this.ids.length;
    for (let made = 0; made < count; made += 1) this.ids.push(`event ${(this.#made += 1)}`);
    return { epoch: `${this.epoch}`, events: this.ids.slice(from).map((id, index) => eventOf(from + index + 1, id)) };
  }

  async answer(name: string, input: any): Promise<unknown> {
    const page = {
      epoch: `${this.epoch}`,
      head: this.ids.length,
      more: false,
      snapshotRequired: false,
      nextCursor: null,
    };
    const ids = [...this.ids];
    await soon();
    if (this.failing) throw new Error('no connection');
    if (name === 'sync.snapshot') return { ...page, state: { test: ids.map((id) => ({ id, version: 1 })) } };
    if (input.epoch !== page.epoch || input.after > page.head) return { ...page, events: [], snapshotRequired: true };
    const events = ids.map((id, index) => eventOf(index + 1, id)).slice(input.after, input.after + 3);
    return { ...page, events };
  }
}

const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('append' as const),
        count: fc.integer({ min: 1, max: 4 }),
        arrives: fc.constantFrom('now', 'later', 'never', 'twice'),
      }),
    },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('late' as const), which: fc.nat() }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('head' as const, 'wait' as const) }) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('reconnect' as const), away: fc.integer({ min: 0, max: 5 }) }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('restore' as const), keep: fc.nat() }) },
  ),
  { maxLength: 40 },
);
type Step = typeof steps extends fc.Arbitrary<(infer S)[]> ? S : never;

async function play(script: Step[]): Promise<{ applied: string[]; server: ServerLog; inbox: Inbox }> {
  const server = new ServerLog();
  server.append(2);
  let applied: string[] = [];
  const inbox = new Inbox({
    cursor: null,
    call: (name, input) => server.answer(name, input),
    fatal: () => false,
    pause: soon,
    onCursor: () => {},
    onSnapshot: ({ state }) => {
      applied = (state.test ?? []).map((view) => view.id);
    },
    onEvent: (event) => {
      expect(event.seq).toBe(applied.length + 1);
      applied.push(event.data.id);
    },
  });
  const late: { epoch: string; events: InboxEvent[] }[] = [];
  const connect = () => {
    server.failing = false;
    const { cursor } = inbox;
    const known = cursor?.epoch === `${server.epoch}` && cursor.seq <= server.ids.length;
    void inbox.open({
      epoch: `${server.epoch}`,
      head: server.ids.length,
      recovered: known,
      snapshotRequired: cursor !== null && !known,
    });
    if (known)
      late.push({
        epoch: cursor.epoch,
        events: server.ids.map((id, index) => eventOf(index + 1, id)).slice(cursor.seq),
      });
  };
  const disconnect = () => {
    server.failing = true;
    inbox.close();
  };
  connect();
  for (const step of script) {
    if (step.do === 'append') {
      const frame = server.append(step.count);
      if (step.arrives === 'now' || step.arrives === 'twice') inbox.receive(frame);
      if (step.arrives === 'later' || step.arrives === 'twice') late.push(frame);
    } else if (step.do === 'late') {
      const [frame] = late.splice(step.which % Math.max(1, late.length), 1);
      if (frame) inbox.receive({ ...frame, events: frame.events.toReversed() });
    } else if (step.do === 'head') {
      inbox.announce({ epoch: `${server.epoch}`, seq: server.ids.length });
    } else if (step.do === 'reconnect') {
      disconnect();
      for (let ticks = 0; ticks < step.away; ticks += 1) await soon();
      connect();
    } else if (step.do === 'restore') {
      server.ids = server.ids.slice(0, step.keep % (server.ids.length + 1));
      server.epoch += 1;
    } else {
      await soon();
    }
  }
  inbox.announce({ epoch: `${server.epoch}`, seq: server.ids.length });
  const current = () => inbox.cursor?.epoch === `${server.epoch}` && inbox.cursor.seq === server.ids.length;
  for (let ticks = 0; ticks < 200 && !current(); ticks += 1) await soon();
  return { applied, server, inbox };
}

test('whatever is lost, late, doubled or out of order, the applied events are the log, in order, once', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (script) => {
      const { applied, server, inbox } = await play(script);
      expect(applied).toEqual(server.ids);
      expect(inbox.cursor).toEqual({ epoch: `${server.epoch}`, seq: server.ids.length });
    }),
    { numRuns: 500 },
  );
});

test('events that arrive in order are applied at once and nothing is pulled', async () => {
  const calls: string[] = [];
  const seen: number[] = [];
  const inbox = new Inbox({
    cursor: { epoch: 'a', seq: 4 },
    call: async (name) => void calls.push(name),
    fatal: () => false,
    onCursor: () => {},
    onEvent: (event) => void seen.push(event.seq),
  });
  await inbox.open({ epoch: 'a', head: 6, recovered: true, snapshotRequired: false });
  inbox.receive({ epoch: 'a', events: [eventOf(5, 'five'), eventOf(6, 'six')] });
  inbox.receive({ epoch: 'a', events: [eventOf(6, 'six')] });
  expect(seen).toEqual([5, 6]);
  expect(calls).toEqual([]);
});

test('a first connection without a wish for the state goes on from the head', async () => {
  const inbox = new Inbox({
    cursor: null,
    call: async () => {},
    fatal: () => false,
    onCursor: () => {},
    onEvent: () => {},
  });
  await inbox.open({ epoch: 'a', head: 41, recovered: false, snapshotRequired: false });
  expect(inbox.cursor).toEqual({ epoch: 'a', seq: 41 });
});

test('a frame without events under another epoch has the log read again', async () => {
  const calls: string[] = [];
  const inbox = new Inbox({
    cursor: { epoch: 'a', seq: 4 },
    call: async (name) => {
      calls.push(name);
      return { epoch: 'b', head: 2, events: [], snapshotRequired: true };
    },
    fatal: () => false,
    onCursor: () => {},
    onEvent: () => {},
    pause: soon,
  });
  await inbox.open({ epoch: 'a', head: 4, recovered: true, snapshotRequired: false });
  inbox.receive({ epoch: 'a', events: [] });
  await soon();
  expect(calls).toEqual([]);
  inbox.receive({ epoch: 'b', events: [] });
  await soon();
  expect(calls[0]).toBe('sync.pull');
});

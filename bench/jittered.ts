import { setTimeout as delay } from 'node:timers/promises';
import type { Harness, TestUser } from '../test/support/harness.ts';
import { createListing } from '../test/support/listings.ts';
import { startNodes, startSocketIo, stopAll, type Bench } from './bench.ts';
import type { Child } from './child.ts';
import { inboxClient, roomClient, socketIoClient, type Client, type Hearing } from './clients.ts';
import { createMarket, type BenchMarket } from './market.ts';
import { addressOf, many, Wire } from './wire.ts';

/** Servers with a way to send a number to every client. */
export interface System {
  readonly label: string;
  readonly isOurs: boolean;
  readonly nodes: readonly Child[];
  client(index: number, hear: Hearing['hear']): Client;
  broadcast(number: number): Promise<void>;
  /** The number that an event carries; null for other events. */
  numberOf(event: { type: string; data: any }): number | null;
}

const nodeCount = 2;

/** One after another; each is gone before the next starts. */
export async function* openSystems(bench: Bench, clients: number): AsyncGenerator<System> {
  yield* openSocketIo(bench, { label: 'Socket.IO, 2 nodes, Redis adapter', adapter: 'redis', recovery: false });
  yield* openSocketIo(bench, { label: 'Socket.IO, 1 node, state recovery', adapter: 'memory', recovery: true });
  yield* openSocketIo(bench, {
    label: 'Socket.IO, 2 nodes, Redis streams adapter, state recovery',
    adapter: 'streams',
    recovery: true,
  });
  const market = await createMarket(bench.databaseUrl, { users: clients + speakerCount, pairs: 0 });
  const nodes = await startNodes(bench, market, nodeCount);
  try {
    yield* openRoom(market, nodes, clients);
    yield* openInboxes(market, nodes, clients);
  } finally {
    await stopAll(nodes);
    await market.close();
  }
}

async function* openSocketIo(
  bench: Bench,
  { label, adapter, recovery }: { label: string; adapter: 'memory' | 'redis' | 'streams'; recovery: boolean },
): AsyncGenerator<System> {
  const nodes = await startSocketIo(bench, { adapter, recovery, count: adapter === 'memory' ? 1 : nodeCount });
  try {
    // State recovery resumes from an event that the client heard: without one, its first cut recovers nothing.
    const hello = () => nodes[0]!.ask({ name: 'publish', text: 'hello' });
    yield {
      label,
      isOurs: false,
      nodes,
      client: (index, hear) => socketIoClient({ index, hear }),
      async broadcast(number) {
        if (number === 0) await hello();
        await nodes[0]!.ask({ name: 'publish', text: String(number) });
      },
      numberOf: ({ data }) => (data === 'hello' ? null : Number(data)),
    };
  } finally {
    await stopAll(nodes);
  }
}

/** Enough people that nobody reaches the limit of what one may say in a minute. */
const speakerCount = 6;

/** The chat of a live stream: a public room, where people speak in turns. */
async function* openRoom(
  { harness, users }: BenchMarket,
  nodes: readonly Child[],
  clients: number,
): AsyncGenerator<System> {
  const speakers = users.slice(clients);
  const [host] = speakers;
  const { id: streamId } = await harness.ok(host!, 'streams.schedule', { title: 'Everything must go' });
  await harness.ok(host!, 'streams.goLive', { streamId });
  const wires = await connectAll(speakers, nodes[0]!, clients);
  yield {
    label: 'Soko, 2 nodes, public room',
    isOurs: true,
    nodes,
    client: (index, hear) => roomClient({ index, token: users[index]?.token, hear }, `stream:${streamId}`),
    broadcast: (number) => must(wires[number % wires.length]!, 'streams.say', { streamId, text: String(number) }),
    numberOf: ({ type, data }) => (type === 'stream.said' ? Number(data.text) : null),
  };
  for (const wire of wires) wire.close();
}

/** A seller tells this many people of a new price within one command; more would be told by a job, later. */
const audienceMax = 80;
/** Sellers who take turns with one audience: one alone would reach the limit of changes in a minute. */
const turns = 4;
const priceMinor = 1_000;

/** An inbox event for every person: prices of what they favourited change. The price is the number. */
async function* openInboxes(market: BenchMarket, nodes: readonly Child[], clients: number): AsyncGenerator<System> {
  const { harness, users } = market;
  const audiences = Math.ceil(clients / audienceMax);
  const offers = await many(
    audiences * turns,
    async (index) => {
      const seller = await harness.user();
      const { id: listingId } = await createListing(harness, seller);
      const from = (index % audiences) * audienceMax;
      await addFavourites(harness, listingId, users.slice(from, Math.min(from + audienceMax, clients)));
      return { seller, listingId };
    },
    8,
  );
  const wires = await connectAll(
    offers.map(({ seller }) => seller),
    nodes[0]!,
    clients + speakerCount,
  );
  yield {
    label: 'Soko, 2 nodes, inboxes',
    isOurs: true,
    nodes,
    client: (index, hear) => inboxClient({ index, token: users[index]?.token, hear }),
    async broadcast(number) {
      const first = (number % turns) * audiences;
      await many(audiences, (index) => {
        const { listingId } = offers[first + index]!;
        return must(wires[first + index]!, 'listings.update', { listingId, priceMinor: priceMinor + number });
      });
    },
    numberOf: ({ type, data }) => (type === 'favourite.changed' ? data.listing.priceMinor - priceMinor : null),
  };
  for (const wire of wires) wire.close();
}

/** In one statement: as commands, thousands of them would take longer than the measure. */
async function addFavourites({ database }: Harness, listingId: string, people: readonly TestUser[]): Promise<void> {
  await database.orm.em.getConnection().execute(
    `insert into favourite (id, user_id, listing_id, card_version, created_at)
     select gen_random_uuid(), person, l.id, l.card_version, now()
     from listing l, unnest(?::uuid[]) as person where l.id = ?`,
    [`{${people.map(({ id }) => id).join(',')}}`, listingId],
  );
}

function connectAll(people: readonly TestUser[], { url }: Child, firstAddress: number): Promise<Wire[]> {
  return many(people.length, (index) =>
    Wire.connect(url, {
      auth: { token: people[index]!.token },
      ip: addressOf(firstAddress + index),
      awaitReady: true,
    }),
  );
}

/** A command that has to succeed, repeated while the server says to come again. */
async function must(wire: Wire, name: string, input: object): Promise<void> {
  for (;;) {
    const { ok, error } = await wire.call(name, input);
    if (ok) return;
    if (error?.retryAfterMs === undefined) throw new Error(`${name}: ${error?.code}`);
    await delay(error.retryAfterMs);
  }
}

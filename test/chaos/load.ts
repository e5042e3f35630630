import { SokoError, type CallName, type Input, type Output } from '../../client/src/index.ts';
import { waitFor } from '../support/services/held-process.ts';
import type { Cluster } from './cluster.ts';
import type { Participant } from './participant.ts';
import type { Random } from './random.ts';

/** A person with what they trade: something of their own for sale, and a talk with each of their sellers. */
export interface Trader {
  readonly person: Participant;
  readonly listingId: string;
  readonly buying: readonly { readonly listingId: string; readonly conversationId: string }[];
}

/** People who trade with their neighbours in a ring, in threes, and one live stream that all of them watch. */
export interface Market {
  readonly traders: readonly Trader[];
  readonly streamId: string;
}

export interface LoadCounts {
  readonly sent: number;
  readonly ok: number;
  /** Final answers that refused, by code; a command that came to none is under the client's own code. */
  readonly refused: ReadonlyMap<string, number>;
}

export interface Load extends LoadCounts {
  /** Texts of messages that were answered with `ok`, and of those that were not. */
  readonly messages: { readonly answered: readonly string[]; readonly unsure: readonly string[] };
  /** Lets what was sent come to an end. */
  stop(): Promise<void>;
}

export interface LoadSettings {
  readonly random: Random;
  /** Each person does something this often, on average, milliseconds. */
  readonly everyMs: number;
}

const sellersEach = [1, 2] as const;
/** Long enough for the longest fault: what is asked meanwhile is answered after it. */
const patience = { timeoutMs: 6_000, attempts: 6, waitMs: 60_000 };
const unavailableTriesMax = 15;

/** Sends a command under one idempotency key until it is answered with more than "not now". */
async function insist<Name extends CallName>(
  { client }: Participant,
  name: Name,
  input: Input<Name>,
): Promise<Output<Name>> {
  const idempotencyKey = crypto.randomUUID();
  for (let tries = 1; ; tries += 1) {
    try {
      return await client.call(name, input, { ...patience, idempotencyKey });
    } catch (error) {
      const again = error instanceof SokoError && error.code === 'server.unavailable' && tries < unavailableTriesMax;
      if (!again) throw error;
      await pause(error.retryAfterMs ?? 1_000);
    }
  }
}

export async function openMarket(people: readonly Participant[]): Promise<Market> {
  const [host] = people;
  if (!host) throw new Error('a market needs people');
  const { id: streamId } = await insist(host, 'streams.schedule', { title: 'Everything live' });
  await insist(host, 'streams.goLive', { streamId });
  const { items } = await host.client.call('categories.list', {});
  const categoryId = items[0]!.id;
  const listings: string[] = [];
  for (const person of people) {
    const { id } = await insist(person, 'listings.create', {
      title: 'Kettle',
      description: 'Boils',
      categoryId,
      priceMinor: 9_000,
      currency: 'USD',
      condition: 'good',
      quantity: 100,
    });
    listings.push(id);
    await person.client.join(`stream:${streamId}`);
  }
  const traders: Trader[] = [];
  for (const [index, person] of people.entries()) {
    const sellers = [...new Set(sellersEach.map((step) => (index + step) % people.length))].filter(
      (at) => at !== index,
    );
    const buying = await Promise.all(
      sellers.map(async (at) => {
        const listingId = listings[at]!;
        const { id: conversationId } = await insist(person, 'conversations.open', { listingId });
        return { listingId, conversationId };
      }),
    );
    traders.push({ person, listingId: listings[index]!, buying });
  }
  return { traders, streamId };
}

interface Tally {
  sent: number;
  ok: number;
  readonly refused: Map<string, number>;
  readonly answered: string[];
  readonly unsure: string[];
}

/** Everybody does this and that, again and again, until stopped. */
export function startLoad(market: Market, { random, everyMs }: LoadSettings): Load {
  const tally: Tally = { sent: 0, ok: 0, refused: new Map(), answered: [], unsure: [] };
  const stopping = new AbortController();
  const work = market.traders.map(async (trader) => {
    while (!stopping.signal.aborted) {
      await act(market, trader, { random, tally });
      await pause(random.between(0, 2 * everyMs));
    }
  });
  return {
    get sent() {
      return tally.sent;
    },
    get ok() {
      return tally.ok;
    },
    refused: tally.refused,
    messages: tally,
    async stop() {
      stopping.abort();
      await Promise.all(work);
    },
  };
}

async function act(market: Market, trader: Trader, { random, tally }: { random: Random; tally: Tally }): Promise<void> {
  const [name, input] = choose(market, trader, random);
  tally.sent += 1;
  const text = name === 'messages.send' ? (input as { text: string }).text : null;
  try {
    await insist(trader.person, name, input as never);
    tally.ok += 1;
    if (text !== null) tally.answered.push(text);
  } catch (error) {
    const code = error instanceof SokoError ? error.code : String(error);
    tally.refused.set(code, (tally.refused.get(code) ?? 0) + 1);
    if (text !== null) tally.unsure.push(text);
  }
}

interface OfferView {
  readonly id: string;
  readonly version: number;
  readonly round: number;
  readonly allowedActions: readonly string[];
}

const offerMoves = ['offers.counter', 'offers.decline', 'offers.withdraw'] as const;

/** Half of what people do is talk; the rest is everything else that reaches others, or oneself elsewhere. */
function choose({ streamId }: Market, { person, buying }: Trader, random: Random): [CallName, object] {
  const { listingId, conversationId } = random.one(buying);
  if (random.next() < 0.5) {
    const text = `${crypto.randomUUID()} ${'and so on '.repeat(Math.floor(random.between(0, 20)))}`.trim();
    return ['messages.send', { conversationId, kind: 'text', text }];
  }
  const offers = person.store.all<OfferView>('offer');
  const move = offers.flatMap((offer) =>
    offerMoves.filter((name) => offer.allowedActions.includes(name)).map((name) => moveOf(name, offer, random)),
  );
  return random.one<[CallName, object]>([
    ['messages.markRead', { conversationId, upToSeq: 1_000_000 }],
    ['users.update', { bio: `At ${random.next()}` }],
    [random.one(['favourites.add', 'favourites.remove']), { listingId }],
    ['streams.say', { streamId, text: `Hello ${random.next()}` }],
    ['streams.react', { streamId, kind: 'heart' }],
    ['offers.make', { listingId, quantity: 1, amountMinor: Math.floor(random.between(5_000, 9_000)) }],
    ...(move.length > 0 ? [random.one(move), random.one(move)] : []),
  ]);
}

function moveOf(name: (typeof offerMoves)[number], { id, round }: OfferView, random: Random): [CallName, object] {
  const standing = name === 'offers.withdraw' ? {} : { round };
  const price = name === 'offers.counter' ? { amountMinor: Math.floor(random.between(5_000, 9_000)) } : {};
  return [name, { offerId: id, ...standing, ...price }];
}

/** Counts the messages of a load in the database: answered ones that are missing, and any that is there twice. */
export async function checkMessages(cluster: Cluster, { messages }: Load): Promise<{ lost: number; doubled: number }> {
  const rows = await cluster.rows<{ text: string; count: number }>(
    'select text, count(*)::int as count from message where text is not null group by text',
  );
  const counts = new Map(rows.map(({ text, count }) => [text, count]));
  const all = [...messages.answered, ...messages.unsure];
  return {
    lost: messages.answered.filter((text) => !counts.has(text)).length,
    doubled: all.filter((text) => (counts.get(text) ?? 0) > 1).length,
  };
}

/** Says one last thing in the stream and waits until everybody there has heard it: nobody is deaf in the room. */
export async function lastWord({ traders, streamId }: Market, withinMs = 15_000): Promise<void> {
  const text = `Last word ${crypto.randomUUID()}`;
  await insist(traders[0]!.person, 'streams.say', { streamId, text });
  await waitFor(async () => {
    const deaf = traders.filter(
      ({ person: { roomLogs } }) => !roomLogs.at(-1)?.some(({ data }) => saysText(data, text)),
    );
    if (deaf.length > 0) throw new Error(`deaf in the stream: ${deaf.map(({ person }) => person.user.id).join(', ')}`);
  }, withinMs);
}

const saysText = (data: unknown, text: string) => (data as { text?: string }).text === text;

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

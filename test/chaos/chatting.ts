import { setTimeout as delay } from 'node:timers/promises';
import { connect, type InboxEvent, type SokoClient } from '../../client/src/index.ts';
import { httpClient, registered } from '../support/http-client.ts';
import { query } from '../support/services/postgres.ts';
import { connectTo, type TestSocket } from '../support/test-socket.ts';

/** One try of one message; its text is its idempotency key. */
export interface Try {
  readonly key: string;
  /** `ok` or the error code. */
  readonly outcome: string;
  readonly error: any;
  readonly id: string | null;
  readonly tookMs: number;
}

/** A person with a client that logs the inbox, and a bare socket that sends. */
export interface Person {
  readonly id: string;
  readonly token: string;
  readonly client: SokoClient;
  readonly log: InboxEvent[];
  readonly socket: TestSocket;
  /** What was told of either connection that broke. */
  readonly cuts: string[];
}

export interface Chat {
  readonly people: readonly [Person, Person];
  readonly conversationId: string;
}

export async function joinMarket(url: string, name: string): Promise<Person> {
  const { id, token } = await registered(url, name);
  const log: InboxEvent[] = [];
  const cuts: string[] = [];
  const client = await connect({ url, token, inbox: null, onEvent: (event) => log.push(event) });
  client.on('offline', ({ error }) => cuts.push(`client: ${error.code}`));
  const socket = connectTo(url, { token });
  await socket.ready;
  void socket.closed.then(({ code }) => cuts.push(`socket: ${code}`));
  return { id, token, client, log, socket, cuts };
}

/** Two people in a conversation over a listing of the first one. */
export async function openChat(url: string): Promise<Chat> {
  const people = [await joinMarket(url, 'Seller'), await joinMarket(url, 'Buyer')] as const;
  const [seller, buyer] = people;
  const categories = await httpClient(url)('categories.list');
  const listing = await seller.socket.ok('listings.create', {
    title: 'Lamp',
    description: 'It shines.',
    categoryId: categories.items[0].id,
    priceMinor: 1_000,
    currency: 'USD',
    condition: 'good',
  });
  const { id } = await buyer.socket.ok('conversations.open', { listingId: listing.id });
  return { people: [seller, buyer], conversationId: id };
}

export async function say({ conversationId }: Chat, from: Person, key: string): Promise<Try> {
  const startedAt = performance.now();
  const input = { conversationId, kind: 'text', text: key, idempotencyKey: key };
  const reply = await from.socket.call('messages.send', input);
  const tookMs = performance.now() - startedAt;
  if (reply.ok) return { key, outcome: 'ok', error: null, id: (reply.data as { id: string }).id, tookMs };
  return { key, outcome: reply.error.code, error: reply.error, id: null, tookMs };
}

/** Everybody sends a new message every `everyMs`, whatever the last one was answered, until `stop`. */
export function keepTalking(chats: readonly Chat[], everyMs: number) {
  const end = new AbortController();
  const tries: Try[][] = [];
  const running = chats.flatMap((chat) =>
    chat.people.map(async (person) => {
      const own: Try[] = [];
      tries.push(own);
      while (!end.signal.aborted) {
        own.push(await say(chat, person, crypto.randomUUID()));
        await delay(everyMs);
      }
    }),
  );
  return {
    /** By sender, oldest first. */
    tries,
    async stop(): Promise<void> {
      end.abort();
      await Promise.all(running);
    },
  };
}

/** How often each text was stored as a message. */
export async function storedTexts(databaseUrl: string): Promise<Map<string, number>> {
  const rows = await query(databaseUrl, 'select text, count(*)::int as count from message group by text');
  return new Map((rows as { text: string; count: number }[]).map(({ text, count }) => [text, count]));
}

/** A person's log as the database has it, in the form of what a client applied. */
export async function storedLog(databaseUrl: string, userId: string): Promise<string[]> {
  const statement = `select seq::int, type, data from inbox_event where user_id = '${userId}' order by seq`;
  return ((await query(databaseUrl, statement)) as InboxEvent[]).map(lineOf);
}

export function lineOf({ seq, type, data }: Pick<InboxEvent, 'seq' | 'type' | 'data'>): string {
  return `${seq} ${type} ${data.entity} ${data.id} ${data.version}`;
}

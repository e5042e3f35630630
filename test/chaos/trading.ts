import type { TestUser } from '../support/harness.ts';
import { pause } from './load.ts';
import type { Random } from './random.ts';

/** What the bank makes of a price, by its last four digits: see src/domain/payments/sandbox/bank.ts. */
const pricesMinor = [2_500, 999, 1, 19_951, 29_952, 39_953, 49_954, 59_955, 69_956];
/** Few enough that the last units are fought for. */
const unitsEach = 12;
const answerWithinMs = 8_000;
const triesMax = 40;

export interface Stall {
  readonly seller: TestUser;
  readonly listingId: string;
}

export interface TradeCounts {
  sent: number;
  ok: number;
  placed: number;
  /** Answers that refused, by code. */
  readonly refused: Map<string, number>;
}

/** People who buy and sell over HTTP, through whatever the balancer still has, until they are told to stop. */
export class Trading {
  readonly counts: TradeCounts = { sent: 0, ok: 0, placed: 0, refused: new Map() };
  readonly #url: string;
  readonly #random: Random;
  #isOver = false;

  constructor(url: string, random: Random) {
    this.#url = url;
    this.#random = random;
  }

  /** Each seller offers something of every price. Answers the units that each listing begins with. */
  async open(sellers: readonly TestUser[]): Promise<{ stalls: Stall[]; stock: Map<string, number> }> {
    const { items } = await this.#insist(sellers[0]!, 'categories.list', {});
    const stalls: Stall[] = [];
    for (const [index, priceMinor] of pricesMinor.entries()) {
      const seller = sellers[index % sellers.length]!;
      const fields = { title: 'Lamp', description: 'Shines', currency: 'USD', condition: 'good' };
      const input = { ...fields, categoryId: items[0].id, priceMinor, quantity: unitsEach };
      stalls.push({ seller, listingId: (await this.#insist(seller, 'listings.create', input)).id });
    }
    return { stalls, stock: new Map(stalls.map(({ listingId }) => [listingId, unitsEach])) };
  }

  /** Buys one thing after the other. */
  async buy(buyer: TestUser, stalls: readonly Stall[]): Promise<void> {
    const random = this.#random;
    while (!this.#isOver) {
      const { listingId } = random.one(stalls);
      const wish = { listingId, quantity: random.next() < 0.7 ? 1 : 2, delivery: { method: 'pickup' } };
      const group = await this.#try(buyer, 'orders.place', { ...wish, paymentMethod: 'sandbox' });
      if (!group) {
        await pause(random.between(50, 300));
        continue;
      }
      this.counts.placed += 1;
      const orderId = group.orders[0].id;
      // Some only look, some pay, some think better of it.
      if (random.next() < 0.85) await this.#try(buyer, 'payments.start', { orderGroupId: group.id, method: 'sandbox' });
      await pause(random.between(0, 1_500));
      if (random.next() < 0.2) await this.#try(buyer, 'orders.cancel', { orderId });
      if (random.next() < 0.5) await this.#receive(buyer);
    }
  }

  /** Accepts most of what comes, and hands over what is ready: in this town everybody shows the code at once. */
  async sell({ seller, codeOf }: { seller: TestUser; codeOf: (orderId: string) => Promise<string> }): Promise<void> {
    const random = this.#random;
    while (!this.#isOver) {
      for (const status of ['placed', 'accepted', 'ready_for_pickup']) {
        const page = await this.#try(seller, 'orders.list', { as: 'seller', status, limit: 5 });
        for (const { id: orderId } of page?.items ?? []) {
          if (status === 'placed' && random.next() < 0.2) await this.#try(seller, 'orders.reject', { orderId });
          else if (status === 'placed') await this.#try(seller, 'orders.accept', { orderId });
          else if (status === 'accepted') await this.#try(seller, 'orders.readyForPickup', { orderId });
          else await this.#try(seller, 'orders.handOver', { orderId, pickupCode: await codeOf(orderId) });
        }
      }
      await pause(random.between(100, 500));
    }
  }

  stop(): void {
    this.#isOver = true;
  }

  async #receive(buyer: TestUser): Promise<void> {
    const page = await this.#try(buyer, 'orders.list', { as: 'buyer', status: 'delivered', limit: 5 });
    for (const { id: orderId } of page?.items ?? []) await this.#try(buyer, 'orders.confirmReceived', { orderId });
  }

  /** The answer's data, or null when it refused. */
  async #try(as: TestUser, name: string, input: object): Promise<any> {
    const { ok, data, error } = await this.#ask(as, name, input);
    if (ok) return data;
    this.counts.refused.set(error.code, (this.counts.refused.get(error.code) ?? 0) + 1);
    return null;
  }

  async #insist(as: TestUser, name: string, input: object): Promise<any> {
    const { ok, data, error } = await this.#ask(as, name, input);
    if (!ok) throw new Error(`${name}: ${JSON.stringify(error)}`);
    return data;
  }

  /** Repeats under one key until there is an answer that is more than "not now". */
  async #ask(as: TestUser, name: string, input: object): Promise<any> {
    const key = crypto.randomUUID();
    this.counts.sent += 1;
    for (let tries = 1; ; tries += 1) {
      const reply = await this.#post(as, { name, input, key }).catch(() => null);
      const isAnswer = reply && (reply.ok || !['server.unavailable', 'limit.rate'].includes(reply.error.code));
      if (isAnswer && reply.ok) this.counts.ok += 1;
      if (isAnswer) return reply;
      if (tries === triesMax) return { ok: false, error: { code: 'no_answer' } };
      await pause(reply?.error.retryAfterMs ?? 300);
    }
  }

  async #post({ token }: TestUser, { name, input, key }: { name: string; input: object; key: string }): Promise<any> {
    const response = await fetch(`${this.#url}/v1/commands/${name}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(input),
      signal: AbortSignal.timeout(answerWithinMs),
    });
    return response.json();
  }
}

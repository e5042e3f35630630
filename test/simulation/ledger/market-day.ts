import { sql } from 'kysely';
import { accounts, postTransfer } from '../../../src/domain/ledger/index.ts';
import { openBank, travel, type Till } from '../../payments/bank.ts';
import { pickup } from '../../orders/stall.ts';
import { readBooks, type Books, type Query } from '../../support/books.ts';
import { createHarness, type Harness, type TestUser } from '../../support/harness.ts';
import { judgeBooks } from '../../support/judge-books.ts';
import { createListing } from '../../support/listings.ts';
import { bindTestPorts } from '../../support/ports.ts';
import { transact } from '../../support/transact.ts';
import type { Plan, Step } from './plan.ts';

/** What happens by itself, in the order of a node that is late with everything. */
const jobs = [
  'payments.submit',
  'payments.process',
  'payments.poll',
  'orders.expireUnpaid',
  'orders.cancelUnanswered',
  'orders.cancelUnhandled',
  'orders.autoReceive',
  'orders.complete',
  'payments.settle',
  'payments.refund',
] as const;

/** After some rounds of a bank's answer and a week of nobody doing anything, everything has ended by itself. */
const roundsMax = 12;
const answerMs = 70_000;
const weekMs = 8 * 86_400_000;
const minuteMs = 60_000;

interface Actors {
  readonly buyers: readonly TestUser[];
  readonly sellers: readonly TestUser[];
  readonly listingIds: readonly string[];
  readonly groups: { buyer: number; id: string; orders: { id: string; seller: number }[]; paymentId: string | null }[];
}

/** One database on which any number of histories are played, one after the other. */
export class MarketDays {
  readonly market: Harness;
  readonly #till: Till;
  readonly #query: Query;
  /** Commands that broke; whoever plays looks at it after each history. */
  readonly #broken: string[] = [];

  private constructor(market: Harness) {
    this.market = market;
    this.#till = openBank(market);
    this.#query = async (text) => (await sql.raw(text).execute(market.database.sql)).rows as never;
  }

  static async open(): Promise<MarketDays> {
    return new MarketDays(await createHarness(bindTestPorts));
  }

  /**
   * Plays histories to their end, each on a market of its own, all on one clock and with the jobs of one worker.
   * Answers what is wrong with the books afterwards, and everybody's books.
   */
  async play(plans: readonly Plan[]): Promise<{ wrong: string[]; books: Books; orders: number }> {
    this.#broken.length = 0;
    const days = await Promise.all(plans.map(async (plan) => ({ plan, actors: await this.#prepare(plan) })));
    const stock = new Map(
      days.flatMap(({ plan, actors }) => actors.listingIds.map((id, index) => [id, plan.stock[index]!] as const)),
    );
    const people = days.flatMap(({ actors: { buyers, sellers } }) => [...buyers, ...sellers].map(({ id }) => id));
    await Promise.all(days.map(({ plan, actors }) => this.#live(plan, actors)));
    const before = judgeBooks(await readBooks(this.#query, { people }), { stock, isQuiet: false });
    await this.#close(people);
    const books = await readBooks(this.#query, { people });
    const wrong = [...this.#broken, ...before, ...judgeBooks(books, { stock, isQuiet: true })];
    return { wrong, books, orders: days.reduce((sum, { actors }) => sum + actors.groups.length, 0) };
  }

  async #live({ steps }: Plan, actors: Actors): Promise<void> {
    const under: Promise<unknown>[] = [];
    for (const step of steps) {
      if (!step.atOnce) await Promise.all(under.splice(0));
      under.push(this.#do(actors, step));
    }
    await Promise.all(under);
  }

  /** Everybody's books, the market's own accounts included. */
  async all(): Promise<string[]> {
    return judgeBooks(await readBooks(this.#query, null), { stock: new Map(), isQuiet: true });
  }

  async #prepare({ currency, stock, pricesMinor, walletMinor }: Plan): Promise<Actors> {
    const { market } = this;
    const person = () => market.user();
    const buyers = [await person(), await person()];
    const sellers = [await person(), await person()];
    const create = async (index: number) => {
      const fields = { quantity: stock[index], priceMinor: pricesMinor[index], currency };
      return (await createListing(market, sellers[index]!, fields)).id;
    };
    const listingIds = [await create(0), await create(1)];
    if (walletMinor > 0) {
      const account = accounts.available(buyers[0]!.actor.userId);
      const postings = [
        { account: accounts.promo, amountMinor: -walletMinor },
        { account, amountMinor: walletMinor },
      ];
      const reference = crypto.randomUUID();
      await transact(market, (tx) => postTransfer(tx, { kind: 'promo.credit', reference, currency, postings }));
    }
    return { buyers, sellers, listingIds, groups: [] };
  }

  async #call(as: TestUser, name: string, input: object): Promise<any> {
    const reply = await this.market.call(as, name, input);
    if (reply.ok) return reply.data;
    const { code } = reply.error;
    if (code === 'internal' || code === 'input.invalid') this.#broken.push(`${name} answered ${code}`);
    return null;
  }

  async #run(name: string): Promise<void> {
    await this.market.runJob(name).catch((error: unknown) => this.#broken.push(String(error)));
  }

  async #do(actors: Actors, step: Step): Promise<unknown> {
    const { market } = this;
    this.#till.behaviour = step.behaviour;
    if (step.do === 'place') return this.#place(actors, step);
    if (step.do === 'bank') return this.#bank();
    if (step.do === 'jobs') return this.#jobs();
    if (step.do === 'wait') return travel(market, step.minutes * minuteMs);
    const group = actors.groups[step.which % Math.max(1, actors.groups.length)];
    if (!group) return null;
    const buyer = actors.buyers[group.buyer]!;
    if (step.do === 'pay' || step.do === 'payFromWallet') {
      const method = step.do === 'pay' ? 'sandbox' : 'wallet';
      const started = await this.#call(buyer, 'payments.start', { orderGroupId: group.id, method });
      group.paymentId = started?.payment.id ?? group.paymentId;
      return this.#run('payments.submit');
    }
    if (step.do === 'cancelPayment') {
      return group.paymentId && this.#call(buyer, 'payments.cancel', { paymentId: group.paymentId });
    }
    return this.#handle(actors, { step, group, buyer });
  }

  async #handle(
    { sellers }: Actors,
    { step, group, buyer }: { step: Step; group: Actors['groups'][number]; buyer: TestUser },
  ): Promise<unknown> {
    const order = group.orders[step.quantity % group.orders.length]!;
    const orderId = order.id;
    const seller = sellers[order.seller]!;
    if (step.do === 'cancelOrder') return this.#call(buyer, 'orders.cancel', { orderId });
    if (step.do === 'receive') return this.#call(buyer, 'orders.confirmReceived', { orderId });
    if (step.do === 'accept') return this.#call(seller, 'orders.accept', { orderId });
    if (step.do === 'reject') return this.#call(seller, 'orders.reject', { orderId, reason: 'Broken.' });
    if (step.do === 'ready') return this.#call(seller, 'orders.readyForPickup', { orderId });
    const { pickupCode } = (await this.#call(buyer, 'orders.get', { orderId })) ?? {};
    return pickupCode && this.#call(seller, 'orders.handOver', { orderId, pickupCode });
  }

  async #place({ buyers, sellers, listingIds, groups }: Actors, { who, which, quantity }: Step): Promise<void> {
    const listingId = listingIds[which % listingIds.length]!;
    const placed = await this.#call(buyers[who]!, 'orders.place', { listingId, quantity, ...pickup });
    if (!placed) return;
    const sellerOf = ({ seller }: { seller: { id: string } }) => sellers.findIndex(({ id }) => id === seller.id);
    const orders = placed.orders.map((order: any) => ({ id: order.id, seller: sellerOf(order) }));
    groups.push({ buyer: who, id: placed.id, orders, paymentId: null });
  }

  async #bank(): Promise<void> {
    travel(this.market, 1_001);
    await this.#till.bank.deliverDue();
    await this.#run('payments.process');
  }

  async #jobs(): Promise<void> {
    for (const name of jobs) await this.#run(name);
  }

  /** Time passes until nothing is due any more. */
  async #close(people: readonly string[]): Promise<void> {
    this.#till.behaviour = 'succeed';
    for (let round = 0; round < roundsMax; round += 1) {
      travel(this.market, round % 2 === 0 ? answerMs : weekMs);
      await this.#till.bank.deliverDue();
      await this.#jobs();
      const waiting = await this.#query<{ what: string }>(unfinished(people));
      if (waiting.length === 0) return;
      if (round === roundsMax - 1) this.#broken.push(`still under way: ${waiting.map(({ what }) => what).join(', ')}`);
    }
  }
}

/** What these people still wait for. */
function unfinished(people: readonly string[]): string {
  const ids = `'{${people.join(',')}}'::uuid[]`;
  return `
    select 'order ' || state as what from sub_order where buyer_id = any(${ids})
      and (state not in ('completed', 'payment_expired', 'rejected', 'cancelled', 'returned', 'refunded')
           or refund_state in ('due', 'pending'))
    union all
    select 'payment ' || state from payment where payer_id = any(${ids})
      and state in ('created', 'requires_action', 'processing', 'authorized', 'unknown')
    union all
    select 'refund ' || state from refund where state not in ('succeeded', 'failed')
      and payment_id in (select id from payment where payer_id = any(${ids}))
    union all
    select 'delivery' from sandbox_delivery where delivered_at is null and tries < 10
    union all
    select 'event' from provider_event where outcome = 'pending'`;
}

import { sql } from 'kysely';
import { escrowSettingsPort } from '../../../src/domain/escrow/index.ts';
import { accounts, postTransfer } from '../../../src/domain/ledger/index.ts';
import { readBooks, type Books, type Query } from '../../support/books.ts';
import { createHarness, type Harness } from '../../support/harness.ts';
import { judgeBooks } from '../../support/judge-books.ts';
import { createListing } from '../../support/listings.ts';
import { bindTestPorts } from '../../support/ports.ts';
import { transact } from '../../support/transact.ts';
import { endAll } from './afterwards.ts';
import { play } from './deeds/index.ts';
import { judgeMoney } from './judge-money.ts';
import type { Plan } from './plan.ts';
import { openStage, peopleOf, type Scene, type Stage } from './stage.ts';
import { judgeViews } from './judge-views.ts';

export interface Played {
  readonly wrong: string[];
  readonly books: Books;
  readonly orders: number;
}

/** One database on which any number of histories are played, one after the other. */
export class MarketDays {
  readonly market: Harness;
  readonly #stage: Stage;
  readonly query: Query;

  private constructor(market: Harness, { stage, query }: { stage: Stage; query: Query }) {
    this.market = market;
    this.#stage = stage;
    this.query = query;
  }

  static async open(): Promise<MarketDays> {
    const market = await createHarness(bindTestPorts);
    market.ports.bind(escrowSettingsPort, { feeBps: 500, reserveBps: 1_000, reserveMs: 30 * 86_400_000 });
    const query: Query = async (text) => (await sql.raw(text).execute(market.database.sql)).rows as never;
    return new MarketDays(market, { stage: await openStage(market, query), query });
  }

  /**
   * Plays histories to their end, each on a market of its own, all on one clock and with the jobs of one worker.
   * Answers what is wrong with the books afterwards, and everybody's books.
   */
  async play(plans: readonly Plan[]): Promise<Played> {
    const stage = this.#stage;
    stage.broken.length = 0;
    const days = await Promise.all(plans.map(async (plan) => ({ plan, scene: await this.#prepare(plan) })));
    const stock = new Map(
      days.flatMap(({ plan, scene }) => scene.listingIds.map((id, index) => [id, plan.stock[index]!] as const)),
    );
    const scenes = days.map(({ scene }) => scene);
    const people = scenes.flatMap((scene) => peopleOf(scene).map(({ id }) => id));
    await Promise.all(days.map(({ plan, scene }) => this.#live(plan, scene)));
    const before = judgeBooks(await readBooks(this.query, { people }), { stock, isQuiet: false });
    await endAll(stage, scenes);
    const books = await readBooks(this.query, { people });
    const wrong = [
      ...stage.broken,
      ...before,
      ...judgeBooks(books, { stock, isQuiet: true }),
      ...(await judgeMoney(this.query, people)),
      ...(await judgeViews(stage, scenes)),
    ];
    return { wrong, books, orders: scenes.reduce((sum, { groups }) => sum + groups.length, 0) };
  }

  async #live({ steps }: Plan, scene: Scene): Promise<void> {
    const under: Promise<unknown>[] = [];
    for (const step of steps) {
      if (!step.atOnce) await Promise.all(under.splice(0));
      under.push(play(this.#stage, scene, step));
    }
    await Promise.all(under);
  }

  /** Everybody's books, the market's own accounts included. */
  async all(): Promise<string[]> {
    const books = await readBooks(this.query, null);
    return [...judgeBooks(books, { stock: new Map(), isQuiet: true }), ...(await judgeMoney(this.query, null))];
  }

  async #prepare({ currency, stock, pricesMinor, walletMinor }: Plan): Promise<Scene> {
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
    const promo = `P-${crypto.randomUUID().slice(0, 18)}`.toUpperCase();
    const rules = { discount: { kind: 'percent', bps: 1_250 }, usesPerPersonMax: 3, usesMax: 3 };
    await market.ok(this.#stage.admin, 'promos.create', { code: promo, ...rules });
    return { currency, buyers, sellers, listingIds, promo, groups: [], payments: [], takes: [] };
  }
}

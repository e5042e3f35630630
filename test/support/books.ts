/** Runs one statement; numbers of 64 bits come as text. */
export type Query = <T>(text: string) => Promise<T[]>;

interface AccountRow {
  readonly id: string;
  readonly code: string;
  readonly currency: string;
  readonly side: number;
  readonly balance: string;
  readonly version: number;
}

interface PostingRow {
  readonly transfer_id: string;
  readonly account_id: string;
  readonly currency: string;
  readonly amount: string;
  readonly balance: string;
  readonly version: number;
}

interface TransferRow {
  readonly id: string;
  readonly kind: string;
  readonly reference: string;
}

interface HoldRow {
  readonly id: string;
  readonly user_id: string;
  readonly currency: string;
  readonly amount: string;
  readonly state: string;
}

interface EscrowRow {
  readonly order_id: string;
  readonly state: string;
  readonly currency: string;
  readonly funded: string;
  readonly returned: string;
  readonly released: string;
  readonly released_at: string | null;
}

/** At a provider: what the wallet or cash pays has no money of its own on the way. */
interface PaymentRow {
  readonly id: string;
  readonly state: string;
  readonly amount: string;
  readonly captured: string;
  readonly refunded: string;
  /** What the bank says it has taken. */
  readonly charged: string;
}

interface RefundRow {
  readonly id: string;
  readonly payment_id: string | null;
  readonly state: string;
  readonly amount: string;
}

interface ListingRow {
  readonly id: string;
  readonly quantity: number;
  readonly reserved: number;
  /** The sum of its active reservations. */
  readonly kept: number;
  /** Units of orders that were placed and not undone. */
  readonly sold: number;
}

/** The rows that say where money and goods are. */
export interface Books {
  readonly accounts: readonly AccountRow[];
  readonly transfers: readonly TransferRow[];
  readonly postings: readonly PostingRow[];
  readonly holds: readonly HoldRow[];
  readonly escrows: readonly EscrowRow[];
  readonly payments: readonly PaymentRow[];
  readonly refunds: readonly RefundRow[];
  readonly listings: readonly ListingRow[];
}

/** Whose books: of these people and what they sell, or everybody's. */
export interface Scope {
  readonly people: readonly string[];
}

const soldStates = `('placed', 'accepted', 'packed', 'at_hub', 'out_for_delivery', 'ready_for_pickup', 'delivered',
  'disputed', 'received', 'completed', 'refunded')`;

/** Reads the books. With a scope, only what these people can have touched: the market's own accounts are left out. */
export async function readBooks(query: Query, scope: Scope | null): Promise<Books> {
  const ids = `'{${(scope?.people ?? []).join(',')}}'::uuid[]`;
  const orders = scope ? `(select id from sub_order where buyer_id = any(${ids}))` : '(select id from sub_order)';
  const payments = scope ? `(select id from payment where payer_id = any(${ids}))` : '(select id from payment)';
  const accounts = await query<AccountRow>(`
    select id, code, currency, side, balance_minor::text as balance, version from ledger_account
    ${scope ? `where code = any(array(${codesOf(ids, { orders, payments })}))` : ''}`);
  const accountIds = `'{${accounts.map(({ id }) => id).join(',')}}'::uuid[]`;
  const ofScope = scope ? `where account_id = any(${accountIds})` : '';
  const postings = await query<PostingRow>(`
    select transfer_id, account_id, currency, amount_minor::text as amount, balance_minor::text as balance, version
    from ledger_posting where transfer_id in (select transfer_id from ledger_posting ${ofScope})`);
  const transferIds = `'{${[...new Set(postings.map((row) => row.transfer_id))].join(',')}}'::uuid[]`;
  return {
    accounts,
    postings,
    transfers: await query(`
      select id, kind, reference from ledger_transfer ${scope ? `where id = any(${transferIds})` : ''}`),
    holds: await query(`
      select id, user_id, currency, amount_minor::text as amount, state from ledger_hold
      ${scope ? `where user_id = any(${ids})` : ''}`),
    escrows: await query(`
      select order_id, state, currency, funded_minor::text as funded, returned_minor::text as returned,
        released_minor::text as released, released_at::text from escrow where order_id in ${orders}`),
    payments: await query(`
      select p.id, p.state, p.amount_minor::text as amount, p.captured_minor::text as captured,
        p.refunded_minor::text as refunded,
        coalesce((select sum(t.amount_minor) from sandbox_capture t join sandbox_charge c on c.id = t.charge_id
                  where c.attempt_id = p.id::text), 0)::text as charged
      from payment p where p.id in ${payments} and p.method not in ('wallet', 'cod')`),
    refunds: await query(`
      select id, payment_id, state, amount_minor::text as amount from refund where payment_id in ${payments}`),
    listings: await query(listingsOf(scope ? `where seller_id = any(${ids})` : '')),
  };
}

function codesOf(ids: string, { orders, payments }: { orders: string; payments: string }): string {
  const own = ['user:%s:available', 'user:%s:reserved', 'payout:%s', 'reserve:%s', 'debt:%s'];
  const people = own.map((form) => `select format('${form}', id) from unnest(${ids}) as id`);
  return [
    ...people,
    `select format('payment:%s', id) from unnest(array${payments}) as id`,
    `select format('escrow:%s', id) from unnest(array${orders}) as id`,
    `select format('refund:%s', id) from refund where payment_id in ${payments}`,
  ].join(' union all ');
}

const listingsOf = (where: string) => `
  select l.id, l.quantity, l.reserved,
    coalesce((select sum(r.quantity) from reservation r
              where r.listing_id = l.id and r.released_at is null and r.consumed_at is null), 0)::int as kept,
    coalesce((select sum(line.quantity) from order_line line join sub_order o on o.id = line.order_id
              where line.listing_id = l.id and o.state in ${soldStates}), 0)::int as sold
  from listing l ${where}`;

import type { Query } from '../../support/books.ts';

// Arithmetic of its own over the tables and the bank's books, once nothing is under way any more: each check selects
// what is wrong, in words. Nothing here asks the code that it judges.

/** Everything that is wrong with where money ended; with the orders and payments of these people, or of everybody. */
export async function judgeMoney(query: Query, people: readonly string[] | null): Promise<string[]> {
  const ids = `'{${(people ?? []).join(',')}}'::uuid[]`;
  const of = (column: string) => (people ? `${column} = any(${ids})` : 'true');
  const checks = [...accountChecks, orderChecks(of), chargebackChecks(of), payoutChecks(of), promoChecks];
  const rows = await query<{ wrong: string }>(checks.map((check) => `(${check})`).join('\nunion all\n'));
  return rows.map(({ wrong }) => wrong);
}

type Of = (column: string) => string;

const sumOf = (code: string) => `
  (select coalesce(sum(a.balance_minor), 0) from ledger_account a
   where a.code = '${code}' and a.currency = c.currency)`;
const currencies = `(select distinct currency from ledger_account) c`;

const accountChecks: readonly string[] = [
  `select code || ' is on the wrong side with ' || balance_minor as wrong from ledger_account
   where code ~ '^(user|payment|escrow|refund|payout|reserve):' and balance_minor < 0
      or code ~ '^(debt|cod):' and balance_minor > 0`,
  `select code || ' is not empty at the end: ' || balance_minor from ledger_account
   where (code ~ '^(payment|escrow|refund|payout|reserve|cod):' or code ~ ':reserved$') and balance_minor <> 0`,
  `select c.currency || ' of all accounts sum to ' || s.total
   from ${currencies} cross join lateral (
     select sum(p.amount_minor) as total from ledger_posting p where p.currency = c.currency) s where s.total <> 0`,
  `select 'the bank holds ' || b.held || ' ' || c.currency || ', the books say '
     || -${sumOf('provider:sandbox:clearing')}
   from ${currencies} cross join lateral (select coalesce(sum(m.amount), 0) as held from (
     select p.amount_minor as amount from sandbox_capture p join sandbox_charge h on h.id = p.charge_id
       where h.currency = c.currency
     union all
     select -r.amount_minor from sandbox_refund r join sandbox_charge h on h.id = r.charge_id
       where h.currency = c.currency and r.status = 'succeeded'
     union all
     select -o.amount_minor from sandbox_payout o where o.currency = c.currency and o.status = 'paid'
     union all
     select -h.amount_minor from sandbox_chargeback b join sandbox_charge h on h.id = b.charge_id
       where h.currency = c.currency and b.funds_withdrawn) m) b
   where b.held <> -${sumOf('provider:sandbox:clearing')}`,
  `select 'hubs have handed in ' || s.counted || ' ' || c.currency || ', the books say ' || -${sumOf('cash:clearing')}
   from ${currencies} cross join lateral (
     select coalesce(sum(h.counted_minor), 0) as counted from hub_closing h where h.currency = c.currency) s
   where s.counted <> -${sumOf('cash:clearing')}`,
  `select 'closings expected ' || s.expected || ' ' || c.currency || ' of ' || s.cash || ' that was collected'
   from ${currencies} cross join lateral (
     select (select coalesce(sum(h.expected_minor), 0) from hub_closing h where h.currency = c.currency) as expected,
            (select coalesce(sum(x.cash_minor), 0) from shipment x
             where x.currency = c.currency and x.cash_state = 'remitted') as cash) s
   where s.expected <> s.cash`,
  `select 'closing ' || h.id || ' was off by ' || h.counted_minor - h.expected_minor || ', which is not in the losses'
   from hub_closing h where h.counted_minor - h.expected_minor <> (
     select coalesce(sum(p.amount_minor), 0) from ledger_transfer t join ledger_posting p on p.transfer_id = t.id
     join ledger_account a on a.id = p.account_id
     where t.kind = 'cash.remit' and t.reference = h.id::text and a.code = 'platform:losses')`,
];

/** What went into each order's escrow, and how it left. */
const flows = (of: Of) => `
  select o.id, o.state, o.currency, o.total_minor as total, o.discount_minor as discount, o.delivery_minor as delivery,
    o.refunded_minor as told,
    coalesce(case when s.cash_state in ('collected', 'remitted') then 0 end, e.cash_minor) as unpaid,
    coalesce(sum(p.amount_minor) filter (where t.kind in ('order.fund', 'order.fund_cash')), 0) as funded,
    -coalesce(sum(p.amount_minor) filter (where t.kind = 'order.release'), 0) as released,
    -coalesce(sum(p.amount_minor) filter (where t.kind = 'refund.reserve'), 0) as refunded,
    count(*) filter (where t.kind = 'refund.reserve') as refunds,
    -coalesce(sum(p.amount_minor) filter (where t.kind = 'promo.return'), 0) as promo,
    -coalesce(sum(p.amount_minor) filter (where t.kind like 'chargeback.%'), 0) as charged,
    count(*) filter (where t.kind = 'order.release') as releases
  from sub_order o
  join escrow e on e.order_id = o.id
  left join shipment s on s.order_id = o.id
  left join ledger_account a on a.code = 'escrow:' || o.id::text
  left join ledger_posting p on p.account_id = a.id
  left join ledger_transfer t on t.id = p.transfer_id
  where ${of('o.buyer_id')}
  group by o.id, e.order_id, s.id`;

const released = (code: string) => `
  (select coalesce(sum(p.amount_minor), 0) from ledger_transfer t
   join ledger_posting p on p.transfer_id = t.id join ledger_account a on a.id = p.account_id
   where t.kind = 'order.release' and t.reference = f.id::text and a.code = '${code}')`;

const orderChecks = (of: Of) => `
  with f as (${flows(of)}), judged as (
    select f.*, ${released('platform:fees')} as fee, ${released('platform:delivery')} as carried from f)
  select 'order ' || f.id || ' (' || f.state || ') ' || w.what || ': ' || row_to_json(f)::text
  from judged f cross join lateral (values
    ('was not paid what it costs', f.funded <> f.total + f.discount - f.unpaid),
    ('gave back more than was paid', f.refunded + f.charged > f.total),
    ('was released twice', f.releases > 1),
    ('is not explained', f.funded <> f.released + f.refunded + f.promo + f.charged),
    ('came to nothing and paid its seller', f.state <> 'completed' and f.released <> 0),
    ('came to nothing and kept of the buyer''s',
       f.state <> 'completed' and f.refunded + f.charged <> f.total - f.unpaid),
    ('came to nothing and kept a discount', f.state <> 'completed' and f.promo <> f.discount),
    ('was completed without its cash', f.state = 'completed' and f.unpaid <> 0),
    ('returned another share of its discount', f.state = 'completed' and f.charged = 0 and
       abs(f.promo * f.total - f.discount * f.refunded) > f.total * f.refunds),
    ('told of other refunds', f.told <> f.refunded),
    ('paid another fee', abs((f.released - f.carried) * 500 - f.fee * 10000) > 5000),
    ('paid otherwise for its way', f.carried <> least(f.delivery, f.released))
  ) w (what, is_wrong) where w.is_wrong`;

/** What was claimed before may still be handed over after; ids tell when they were made. */
const raceMs = 1_000;
const msOf = (id: string) => `('x' || substr(replace(${id}, '-', ''), 1, 12))::bit(48)::bigint`;

/**
 * For each chargeback that the bank has not given back: what the buyer has had in all of one payment, beyond what they
 * paid, is the market's loss, and only what was on its way before may be. A top-up costs it nothing: its wallet pays
 * first, and its owner owes the rest.
 */
const chargebackChecks = (of: Of) => `
  with b as (
    select x.id as ref, k.id, k.created_at, y.id as payment_id, y.purpose, h.amount_minor as amount,
      coalesce(x.funds_withdrawn, false) as gone,
      (select -coalesce(sum(p.amount_minor), 0) from ledger_transfer t
       join ledger_posting p on p.transfer_id = t.id join ledger_account a on a.id = p.account_id
       where t.kind like 'chargeback.%' and (t.reference = k.id::text or t.reference like k.id::text || ':%')
         and a.code = 'platform:losses') as lost,
      (select coalesce(sum(p.amount_minor), 0) from refund r
       join ledger_account a on a.code = 'refund:' || r.id::text join ledger_posting p on p.account_id = a.id
       join ledger_transfer t on t.id = p.transfer_id
       where r.payment_id = y.id and (t.kind = 'refund.reserve' or t.kind = 'chargeback.take')) as returned
    from sandbox_chargeback x join sandbox_charge h on h.id = x.charge_id
    join payment y on y.id::text = h.attempt_id left join chargeback k on k.provider_ref = x.id
    where ${of('y.payer_id')})
  select 'the market has never heard of chargeback ' || ref from b where id is null and gone
  union all
  select 'chargeback ' || id || ' was given back and cost ' || lost from b where not gone and lost <> 0
  union all
  select 'chargeback ' || id || ' of an order cost ' || lost || ' and not ' || returned from b
  where gone and purpose = 'order' and lost <> returned
  union all
  select 'chargeback ' || id || ' of a top-up cost ' || lost from b where purpose = 'top_up' and lost <> 0
  union all
  select 'chargeback ' || b.id || ' made a debt while ' || a.code || ' had ' || p.balance_minor
  from b join ledger_transfer t on t.kind = 'chargeback.take'
    and (t.reference = b.id::text or t.reference like b.id::text || ':%')
  join ledger_posting p on p.transfer_id = t.id join ledger_account a on a.id = p.account_id
  where (a.code like 'reserve:%' or a.code like 'user:%') and p.balance_minor <> 0 and exists (
    select from ledger_posting d join ledger_account da on da.id = d.account_id
    where d.transfer_id = t.id and da.code like 'debt:%')
  union all
  select 'refund ' || r.id || ' was given (' || t.kind || ') after chargeback ' || b.id || ' had given the same'
  from b join refund r on r.payment_id = b.payment_id
  join ledger_transfer t on t.reference = r.id::text and t.at > b.created_at
  where b.gone and (t.kind in ('refund.reserve', 'refund.credit') or t.kind = 'refund.reverse' and exists (
    select from ledger_posting p join ledger_account a on a.id = p.account_id
    where p.transfer_id = t.id and a.code like 'user:%'))
  union all
  select 'refund ' || r.id || ' was handed to the bank after chargeback ' || b.id || ' was opened'
  from b join refund r on r.payment_id = b.payment_id join sandbox_refund s on s.refund_id = r.id::text
  where b.gone and s.status = 'succeeded' and ${msOf('substr(s.id, 4)')} > ${msOf('b.id::text')} + ${raceMs}`;

/** Each release has made one payout of what it released, and each payout that arrived is at the bank or in a wallet. */
const payoutChecks = (of: Of) => `
  select 'order ' || t.reference || ' released ' || p.amount_minor || ' to its seller, paid out are '
    || coalesce(o.paid::text, 'none')
  from ledger_transfer t join ledger_posting p on p.transfer_id = t.id join ledger_account a on a.id = p.account_id
  join escrow e on e.order_id::text = t.reference
  left join lateral (
    select sum(amount_minor) as paid from payout where order_id = e.order_id and kind = 'release') o on true
  where t.kind = 'order.release' and a.code like 'payout:%' and ${of('e.buyer_id')}
    and o.paid is distinct from p.amount_minor
  union all
  select 'payout ' || o.id || ' is ' || o.state || ', the bank says ' || b.status
  from payout o join sandbox_payout b on b.payout_id = o.id::text
  where ${of('o.user_id')} and (o.state = 'paid') <> (b.status = 'paid')`;

const promoChecks = `
  select 'promo ' || p.code || ' counts ' || p.uses || ' uses' from promo p
  where p.uses <> (select count(*) from promo_use u where u.promo_id = p.id and u.returned_at is null)
  union all
  select 'the use of a promo by group ' || g.id || ' (' || g.state || ') counts wrong'
  from promo_use u join order_group g on g.id = u.group_id where (u.returned_at is null) <> (g.state = 'placed')`;

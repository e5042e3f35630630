-- The books. An account's balance stands beside the journal, so that a bound can be a CHECK; a sweep compares the two.
create table ledger_account (
  id uuid primary key,
  -- Who holds it and as what, such as `escrow:<order>`; see docs/MONEY.md.
  code text not null,
  currency text not null,
  -- Hot accounts have several rows, so that transfers of different connections do not wait for one another.
  shard integer not null check (shard >= 0),
  -- 1: never below zero. -1: never above it. 0: free.
  side integer not null check (side in (-1, 0, 1)),
  -- Whose wallet it is part of.
  user_id uuid references account (id) deferrable initially deferred,
  balance_minor bigint not null,
  -- How many postings it has had; each carries its number.
  version integer not null,
  updated_at timestamptz not null,
  constraint ledger_account_once unique (code, currency, shard),
  constraint ledger_account_bound check (side = 0 or side * balance_minor >= 0)
) with (fillfactor = 60);
create index ledger_account_user on ledger_account (user_id) where user_id is not null;

-- A business event in money. The same event a second time finds its row here.
create table ledger_transfer (
  id uuid primary key,
  kind text not null,
  reference text not null,
  order_id uuid,
  at timestamptz not null,
  constraint ledger_transfer_once unique (kind, reference)
);
create index ledger_transfer_order on ledger_transfer (order_id, id) where order_id is not null;
create index ledger_transfer_at on ledger_transfer (at);

create table ledger_posting (
  transfer_id uuid not null references ledger_transfer (id),
  ord integer not null,
  account_id uuid not null references ledger_account (id),
  currency text not null,
  amount_minor bigint not null check (amount_minor <> 0),
  -- The account's balance and number of postings after this one: a chain that shows any gap.
  balance_minor bigint not null,
  version integer not null,
  primary key (transfer_id, ord)
);
create unique index ledger_posting_account on ledger_posting (account_id, version);

create trigger ledger_transfer_append_only before update or delete on ledger_transfer
  for each row execute function refuse_change();
create trigger ledger_transfer_no_truncate before truncate on ledger_transfer
  for each statement execute function refuse_change();
create trigger ledger_posting_append_only before update or delete on ledger_posting
  for each row execute function refuse_change();
create trigger ledger_posting_no_truncate before truncate on ledger_posting
  for each statement execute function refuse_change();

create function ledger_check_sum() returns trigger language plpgsql as $$
begin
  if exists (select from ledger_posting where transfer_id = new.transfer_id
             group by currency having sum(amount_minor) <> 0) then
    raise exception 'transfer % does not sum to zero', new.transfer_id using errcode = 'check_violation';
  end if;
  return null;
end $$;
create constraint trigger ledger_posting_zero_sum after insert on ledger_posting deferrable initially deferred
  for each row execute function ledger_check_sum();

-- Postings as they are asked for, with the row of a sharded account that this connection uses.
create function ledger_wanted(transfers jsonb)
returns table (ord integer, kind text, reference text, order_id uuid, item integer, code text, currency text,
               shard integer, side integer, user_id uuid, amount bigint) language sql stable as $$
  select t.ord::integer, t.body ->> 'kind', t.body ->> 'reference', (t.body ->> 'orderId')::uuid, p.item::integer,
    p.body ->> 'code', t.body ->> 'currency', (pg_backend_pid() % (p.body ->> 'shards')::integer)::integer,
    (p.body ->> 'side')::integer, (p.body ->> 'userId')::uuid, (p.body ->> 'amountMinor')::bigint
  from jsonb_array_elements(transfers) with ordinality as t (body, ord),
    jsonb_array_elements(t.body -> 'postings') with ordinality as p (body, item)
$$;

-- Posts transfers, all of them or none. Those that are in the journal already are passed over, and must say the same.
-- 'insufficient', and nothing written, when an account would leave its bound. Accounts are locked in one order.
create function ledger_post(transfers jsonb, posted_at timestamptz) returns text language plpgsql as $$
declare
  fresh jsonb;
  written integer;
begin
  select jsonb_agg(t order by n) into fresh
  from jsonb_array_elements(transfers) with ordinality as e (t, n)
  where not exists (select from ledger_transfer l where l.kind = t ->> 'kind' and l.reference = t ->> 'reference');
  if fresh is distinct from transfers then
    perform ledger_compare(transfers, fresh);
  end if;
  if fresh is null then
    return 'known';
  end if;
  insert into ledger_account (id, code, currency, shard, side, user_id, balance_minor, version, updated_at)
  select gen_random_uuid(), w.code, w.currency, w.shard, min(w.side), (array_agg(w.user_id))[1], 0, 0, posted_at
  from ledger_wanted(fresh) w
  where not exists (select from ledger_account a
                    where a.code = w.code and a.currency = w.currency and a.shard = w.shard)
  group by w.code, w.currency, w.shard order by w.code, w.currency, w.shard
  on conflict on constraint ledger_account_once do nothing;
  perform from ledger_account a
  where (a.code, a.currency, a.shard) in (select w.code, w.currency, w.shard from ledger_wanted(fresh) w)
  order by a.code, a.currency, a.shard for update;
  if exists (
    select from ledger_account a
    join (select w.code, w.currency, w.shard, sum(w.amount) as amount from ledger_wanted(fresh) w group by 1, 2, 3) d
      using (code, currency, shard)
    where a.side <> 0 and a.side * (a.balance_minor + d.amount) < 0
  ) then
    return 'insufficient';
  end if;
  insert into ledger_transfer (id, kind, reference, order_id, at)
  select gen_random_uuid(), w.kind, w.reference, w.order_id, posted_at
  from (select distinct on (f.ord) f.* from ledger_wanted(fresh) f) w
  on conflict on constraint ledger_transfer_once do nothing;
  get diagnostics written = row_count;
  if written < jsonb_array_length(fresh) then
    -- Somebody posted one of them since we looked: the whole command runs again and sees it.
    raise exception 'posted meanwhile' using errcode = 'serialization_failure';
  end if;
  insert into ledger_posting (transfer_id, ord, account_id, currency, amount_minor, balance_minor, version)
  select l.id, w.item, a.id, w.currency, w.amount,
    a.balance_minor + sum(w.amount) over chain, a.version + row_number() over chain
  from ledger_wanted(fresh) w
  join ledger_transfer l on l.kind = w.kind and l.reference = w.reference
  join ledger_account a on a.code = w.code and a.currency = w.currency and a.shard = w.shard
  window chain as (partition by a.id order by w.ord, w.item rows unbounded preceding);
  update ledger_account a
  set balance_minor = a.balance_minor + d.amount, version = a.version + d.postings, updated_at = posted_at
  from (select w.code, w.currency, w.shard, sum(w.amount) as amount, count(*) as postings
        from ledger_wanted(fresh) w group by 1, 2, 3) d
  where a.code = d.code and a.currency = d.currency and a.shard = d.shard;
  return 'posted';
end $$;

-- Refuses transfers whose kind and reference are taken by others.
create function ledger_compare(transfers jsonb, fresh jsonb) returns void language plpgsql as $$
declare
  other text;
begin
  select w.kind || ' ' || w.reference into other
  from (select w.kind, w.reference, w.code, w.currency, sum(w.amount) as amount
        from ledger_wanted(transfers) w group by 1, 2, 3, 4) w
  full join (
    select l.kind, l.reference, a.code, a.currency, sum(p.amount_minor) as amount
    from jsonb_array_elements(transfers) t
    join ledger_transfer l on l.kind = t ->> 'kind' and l.reference = t ->> 'reference'
    join ledger_posting p on p.transfer_id = l.id
    join ledger_account a on a.id = p.account_id
    group by 1, 2, 3, 4
  ) j using (kind, reference, code, currency)
  where w.amount is distinct from j.amount
    and not exists (select from jsonb_array_elements(coalesce(fresh, '[]')) f
                    where f ->> 'kind' = kind and f ->> 'reference' = reference)
  limit 1;
  if other is not null then
    raise exception 'transfer % is in the journal with other postings', other using errcode = 'unique_violation';
  end if;
end $$;

-- Money of a wallet that is set aside until it is spent or given back, once.
create table ledger_hold (
  id uuid primary key,
  user_id uuid not null references account (id) deferrable initially deferred,
  currency text not null,
  amount_minor bigint not null check (amount_minor > 0),
  purpose text not null,
  purpose_id text not null,
  state text not null check (state in ('held', 'spent', 'voided')),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint ledger_hold_once unique (purpose, purpose_id)
);
create index ledger_hold_user on ledger_hold (user_id) where state = 'held';

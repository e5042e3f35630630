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

-- Posts transfers, all of them or none, and answers 'posted'. Nothing is written when it answers 'insufficient': an
-- account would leave its bound; or a number: so many of them are in the journal already. The caller has added up what
-- each account gets, and lists the accounts in the one order in which all lock them. Row by row through the unique
-- index: a planner that guesses how many there are would read the whole table.
create function ledger_post(input jsonb, posted_at timestamptz) returns text language plpgsql as $$
declare
  wanted record;
  known integer := 0;
  account_id uuid;
  transfer_id uuid;
  balance bigint;
  postings integer;
  account_ids uuid[] := '{}';
  balances bigint[] := '{}';
  versions integer[] := '{}';
  transfer_ids uuid[] := '{}';
begin
  for wanted in select * from jsonb_to_recordset(input -> 'transfers') as t (kind text, reference text) loop
    perform from ledger_transfer l where l.kind = wanted.kind and l.reference = wanted.reference;
    if found then
      known := known + 1;
    end if;
  end loop;
  if known > 0 then
    return known;
  end if;
  for wanted in
    select * from jsonb_to_recordset(input -> 'accounts')
      as a (code text, currency text, shard integer, side integer, "userId" uuid, "deltaMinor" bigint)
  loop
    loop
      select a.id, a.balance_minor, a.version into account_id, balance, postings from ledger_account a
      where a.code = wanted.code and a.currency = wanted.currency and a.shard = wanted.shard for update;
      exit when found;
      insert into ledger_account (id, code, currency, shard, side, user_id, balance_minor, version, updated_at)
      values (gen_random_uuid(), wanted.code, wanted.currency, wanted.shard, wanted.side, wanted."userId", 0, 0,
        posted_at)
      on conflict on constraint ledger_account_once do nothing;
    end loop;
    if wanted.side * (balance + wanted."deltaMinor") < 0 then
      return 'insufficient';
    end if;
    account_ids := account_ids || account_id;
    balances := balances || balance;
    versions := versions || postings;
  end loop;
  for wanted in
    select * from jsonb_to_recordset(input -> 'transfers') as t (kind text, reference text, "orderId" uuid)
  loop
    insert into ledger_transfer (id, kind, reference, order_id, at)
    values (gen_random_uuid(), wanted.kind, wanted.reference, wanted."orderId", posted_at)
    on conflict on constraint ledger_transfer_once do nothing returning id into transfer_id;
    if transfer_id is null then
      -- Somebody posted it since we looked: the whole command runs again and sees it.
      raise exception 'posted meanwhile' using errcode = 'serialization_failure';
    end if;
    transfer_ids := transfer_ids || transfer_id;
  end loop;
  insert into ledger_posting (transfer_id, ord, account_id, currency, amount_minor, balance_minor, version)
  select transfer_ids[p.transfer], p.ord, account_ids[p.account], p.currency, p."amountMinor",
    balances[p.account] + p."sumMinor", versions[p.account] + p.nth
  from jsonb_to_recordset(input -> 'postings')
    as p (transfer integer, ord integer, account integer, currency text, "amountMinor" bigint, "sumMinor" bigint,
      nth integer);
  for wanted in
    select * from rows from (jsonb_to_recordset(input -> 'accounts') as ("deltaMinor" bigint, postings integer))
      with ordinality as a (delta, count, ord)
  loop
    update ledger_account a
    set balance_minor = a.balance_minor + wanted.delta, version = a.version + wanted.count, updated_at = posted_at
    where a.id = account_ids[wanted.ord];
  end loop;
  return 'posted';
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

-- Where a person's money goes when it leaves the market: an account with a provider.
create table payout_destination (
  user_id uuid primary key references account (id) deferrable initially deferred,
  provider text not null,
  account text not null,
  -- Whether the provider takes payouts to it: a person may have to answer its questions first.
  ready boolean not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

-- Payouts that were sent together.
create table payout_batch (
  id uuid primary key,
  currency text not null,
  payouts integer not null check (payouts > 0),
  amount_minor bigint not null check (amount_minor > 0),
  created_at timestamptz not null
);

create table payout (
  id uuid primary key,
  -- What an order released to its seller, the reserve that was kept of it, or what a person takes out of their wallet.
  kind text not null check (kind in ('release', 'reserve', 'withdrawal')),
  order_id uuid references sub_order (id) deferrable initially deferred,
  user_id uuid not null references account (id) deferrable initially deferred,
  state text not null check (state in ('pending', 'processing', 'paid', 'failed', 'cancelled')),
  method text not null check (method in ('wallet', 'bank')),
  currency text not null,
  amount_minor bigint not null check (amount_minor > 0),
  -- Where it was sent; null until it is.
  provider text,
  account text,
  provider_ref text,
  failure_reason text,
  batch_id uuid references payout_batch (id) deferrable initially deferred,
  -- When it is handed to the provider, and when the provider is asked about it.
  submit_at timestamptz,
  submit_tries integer not null,
  poll_at timestamptz,
  poll_tries integer not null,
  paid_at timestamptz,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint payout_once unique (kind, order_id),
  constraint payout_order check ((kind = 'withdrawal') = (order_id is null)),
  constraint payout_sent check (state <> 'processing' or (provider is not null and account is not null))
);
create index payout_user on payout (user_id, created_at desc, id desc);
create index payout_pending on payout (currency, user_id, id) where state = 'pending';
create index payout_submit on payout (submit_at) where submit_at is not null;
create index payout_poll on payout (poll_at) where poll_at is not null;
create index payout_order_id on payout (order_id) where order_id is not null;
create index payout_batch_id on payout (batch_id) where batch_id is not null;
create index escrow_buyer on escrow (buyer_id, created_at desc, order_id desc);

-- How far the sweep of the books has come, and where it found something wrong, to look there again.
create table ledger_check (
  id integer primary key check (id = 1),
  checked_at timestamptz not null,
  transfer_id uuid not null,
  wrong_codes text[] not null,
  wrong_transfers uuid[] not null
);
insert into ledger_check values (1, '-infinity', '00000000-0000-0000-0000-000000000000', '{}', '{}');

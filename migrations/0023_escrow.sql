-- What was paid for one seller's order, until the order ends. The money itself is the account `escrow:<order>`.
create table escrow (
  order_id uuid primary key references sub_order (id) deferrable initially deferred,
  buyer_id uuid not null references account (id) deferrable initially deferred,
  seller_id uuid not null references account (id) deferrable initially deferred,
  state text not null check (state in
    ('unfunded', 'held', 'release_pending', 'frozen', 'split', 'refunded', 'released')),
  currency text not null,
  -- What goes into it, with the discounts that the market pays; what has gone back of it; what went to the seller.
  funded_minor bigint not null check (funded_minor >= 0),
  returned_minor bigint not null check (returned_minor >= 0),
  released_minor bigint not null check (released_minor >= 0),
  -- Of what was funded, the price of the delivery.
  delivery_minor bigint not null check (delivery_minor >= 0),
  -- Cash is due from the buyer, lies at a hub, or has come in. Null when none is part of it.
  cash_state text check (cash_state in ('due', 'collected', 'remitted')),
  cash_minor bigint not null check (cash_minor >= 0),
  -- Kept back for the seller's chargebacks, and until when.
  reserve_minor bigint not null check (reserve_minor >= 0),
  reserve_until timestamptz,
  -- Released to the seller, and nobody has made the payout of it.
  payout_minor bigint not null check (payout_minor >= 0),
  payout_due boolean not null,
  released_at timestamptz,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint escrow_once check (returned_minor + released_minor <= funded_minor)
);
create index escrow_payout_due on escrow (released_at) where payout_due;
create index escrow_reserve_until on escrow (reserve_until) where reserve_until is not null;
create index escrow_seller on escrow (seller_id, released_at desc) where released_at is not null;

-- Where it came from: money goes back the same way.
create table escrow_part (
  order_id uuid not null references escrow (order_id) deferrable initially deferred,
  source text not null check (source in ('payment', 'wallet', 'cash', 'promo')),
  -- The attempt to pay, or the hub.
  source_id uuid,
  amount_minor bigint not null check (amount_minor > 0),
  returned_minor bigint not null check (returned_minor between 0 and amount_minor),
  primary key (order_id, source)
);
create index escrow_part_source on escrow_part (source_id) where source_id is not null;

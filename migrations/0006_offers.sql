create table offer (
  id uuid primary key,
  listing_id uuid not null references listing (id) deferrable initially deferred,
  conversation_id uuid not null references conversation (id) deferrable initially deferred,
  buyer_id uuid not null references account (id) deferrable initially deferred,
  seller_id uuid not null references account (id) deferrable initially deferred,
  quantity integer not null check (quantity > 0),
  currency text not null,
  state text not null check (state in (
    'awaiting_seller', 'awaiting_buyer', 'accepted',
    'declined', 'withdrawn', 'expired', 'superseded', 'consumed', 'lapsed'
  )),
  -- The standing round.
  round integer not null check (round >= 1),
  -- When the standing round expires, or an accepted offer lapses; null once the offer has ended.
  deadline timestamptz,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check (buyer_id <> seller_id),
  check ((state in ('awaiting_seller', 'awaiting_buyer', 'accepted')) = (deadline is not null))
);
create unique index offer_live on offer (listing_id, buyer_id)
  where state in ('awaiting_seller', 'awaiting_buyer', 'accepted');
create index offer_deadline on offer (deadline) where deadline is not null;
create index offer_buyer on offer (buyer_id, id);
create index offer_seller on offer (seller_id, id);

-- Append-only: what was proposed is never rewritten.
create table offer_round (
  offer_id uuid not null references offer (id) deferrable initially deferred,
  round integer not null check (round >= 1),
  by_side text not null check (by_side in ('buyer', 'seller')),
  amount_minor bigint not null check (amount_minor > 0),
  message text,
  at timestamptz not null,
  primary key (offer_id, round)
);

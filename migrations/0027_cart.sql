-- What lies in carts is watched: each change of such a listing is followed up in them.
alter table listing
  add column watched boolean not null default false,
  add column follow_up_due boolean not null default false;
create index listing_follow_up_due on listing (id) where follow_up_due;

-- One for each person, shared by all devices.
create table cart (
  user_id uuid primary key references account (id) deferrable initially deferred,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

-- What is wanted, the price that the person saw on doing so, and what the person was last told of the listing.
create table cart_item (
  id uuid primary key,
  user_id uuid not null references cart (user_id) deferrable initially deferred,
  listing_id uuid not null references listing (id) deferrable initially deferred,
  quantity integer not null check (quantity > 0),
  seen_price_minor bigint not null check (seen_price_minor > 0),
  seller_id uuid not null references account (id) deferrable initially deferred,
  title text not null,
  preview_prefix text,
  price_minor bigint not null check (price_minor > 0),
  currency text not null,
  -- How many there are, where that is less than wanted.
  short_of integer check (short_of >= 0),
  unavailable boolean not null,
  created_at timestamptz not null,
  unique (user_id, listing_id)
);
create index cart_item_listing on cart_item (listing_id, user_id);
create index cart_item_seller on cart_item (seller_id);

-- Whether it is a person's first order, and their purchases.
create index order_group_buyer on order_group (buyer_id, created_at desc, id desc);

-- A discount may pay for a whole order.
alter table order_group
  drop constraint order_group_total_minor_check,
  add constraint order_group_total check (total_minor >= 0) not valid;
alter table sub_order
  drop constraint sub_order_total_minor_check,
  add constraint sub_order_total_not_negative check (total_minor >= 0) not valid;

-- Every move that an order has made, with the side that made it.
create table order_move (
  order_id uuid not null references sub_order (id) deferrable initially deferred,
  -- The order's, after the move.
  version integer not null,
  name text not null,
  from_state text,
  to_state text not null,
  by_side text not null check (by_side in ('buyer', 'seller', 'hub', 'system')),
  at timestamptz not null,
  primary key (order_id, version)
);

-- When the side whose turn it is hears next that time is running out, and how often it has in this state.
alter table sub_order
  add column remind_at timestamptz,
  add column reminders integer not null default 0;
create index sub_order_remind on sub_order (remind_at) where remind_at is not null;
create index sub_order_board on sub_order (seller_id, state, deadline, id);

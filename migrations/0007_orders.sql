-- One purchase: what is paid at once. Money is owed by the group; what happens to the goods is told by its orders.
create table order_group (
  id uuid primary key,
  buyer_id uuid not null references account (id) deferrable initially deferred,
  state text not null check (state in ('awaiting_payment', 'placed', 'payment_expired', 'cancelled')),
  payment_method text not null
    check (payment_method in ('card', 'mpesa', 'yookassa', 'stars', 'wallet', 'cod', 'sandbox')),
  currency text not null,
  total_minor bigint not null check (total_minor > 0),
  deadline timestamptz not null,
  -- Ended unpaid, and its attempts to pay are still to be ended.
  attempts_due boolean not null,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index order_group_unpaid on order_group (deadline) where state = 'awaiting_payment';
create index order_group_attempts_due on order_group (id) where attempts_due;

-- One seller's part of a group.
create table sub_order (
  id uuid primary key,
  group_id uuid not null references order_group (id) deferrable initially deferred,
  buyer_id uuid not null references account (id) deferrable initially deferred,
  seller_id uuid not null references account (id) deferrable initially deferred,
  buyer_name text not null,
  seller_name text not null,
  offer_id uuid,
  state text not null check (state in (
    'awaiting_payment', 'placed', 'accepted', 'ready_for_pickup', 'delivered', 'received', 'completed',
    'payment_expired', 'rejected', 'cancelled')),
  refund_state text check (refund_state in ('due', 'pending', 'refunded', 'failed')),
  delivery_method text not null check (delivery_method in ('pickup', 'hub', 'courier')),
  currency text not null,
  total_minor bigint not null check (total_minor > 0),
  pickup_code text not null check (pickup_code ~ '^[0-9]{6}$'),
  pickup_tries integer not null check (pickup_tries >= 0),
  pickup_locked_until timestamptz,
  reason text,
  deadline timestamptz,
  placed_at timestamptz,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check (buyer_id <> seller_id),
  check (state not in ('awaiting_payment', 'placed', 'delivered') or deadline is not null)
);
create index sub_order_group on sub_order (group_id);
create index sub_order_buyer on sub_order (buyer_id, created_at desc, id desc);
create index sub_order_seller on sub_order (seller_id, created_at desc, id desc);
create index sub_order_buyer_changed on sub_order (buyer_id, updated_at desc);
create index sub_order_seller_changed on sub_order (seller_id, updated_at desc);
create index sub_order_due on sub_order (deadline) where state in ('placed', 'delivered');
create index sub_order_received on sub_order (updated_at) where state = 'received';
create index sub_order_refund_due on sub_order (updated_at) where refund_state = 'due';
create unique index sub_order_offer on sub_order (offer_id) where offer_id is not null;

-- Title and price as they were when the order was made.
create table order_line (
  id uuid primary key,
  order_id uuid not null references sub_order (id) deferrable initially deferred,
  listing_id uuid not null references listing (id) deferrable initially deferred,
  title text not null,
  unit_price_minor bigint not null check (unit_price_minor > 0),
  quantity integer not null check (quantity > 0),
  total_minor bigint not null
);
create index order_line_order on order_line (order_id);
create index order_line_listing on order_line (listing_id);

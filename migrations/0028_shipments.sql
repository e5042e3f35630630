-- A packed order tells by this that its shipment is still to be made, and a cancelled one that it is to be ended.
alter table sub_order add column shipment_due boolean not null default false;
create index sub_order_shipment_due on sub_order (id) where shipment_due;

-- The parcel of one order, on its way by a hub. What the two sides are called is copied, as orders do.
create table shipment (
  id uuid primary key,
  order_id uuid not null unique references sub_order (id) deferrable initially deferred,
  buyer_id uuid not null references account (id) deferrable initially deferred,
  seller_id uuid not null references account (id) deferrable initially deferred,
  recipient_name text not null,
  -- Where a courier brings it; gone with the buyer's account.
  address jsonb,
  method text not null check (method in ('hub', 'courier')),
  hub_id uuid not null references hub (id) deferrable initially deferred,
  hub_name text not null,
  partner_id uuid references delivery_partner (id) deferrable initially deferred,
  partner_name text,
  state text not null check (state in (
    'awaiting_drop_off', 'at_hub', 'out_for_delivery', 'failed', 'delivered', 'returning', 'returned', 'cancelled')),
  scan_code text not null unique,
  delivery_code text not null check (delivery_code ~ '^[0-9]{6}$'),
  code_tries integer not null check (code_tries >= 0),
  code_locked_until timestamptz,
  failed_tries integer not null check (failed_tries >= 0),
  reason text,
  proof_kind text check (proof_kind in ('code', 'photo')),
  proof_upload_id uuid,
  -- Until when a hub keeps it for whoever should fetch it or bring it to the door.
  deadline timestamptz,
  currency text not null,
  -- Cash that the buyer owes for it, where it lies, and with which closing it went.
  cash_minor bigint check (cash_minor > 0),
  cash_state text check (cash_state in ('due', 'collected', 'remitted', 'void')),
  cash_collected_at timestamptz,
  cash_collected_by uuid references account (id) deferrable initially deferred,
  closing_id uuid,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check ((state = 'at_hub') = (deadline is not null)),
  check ((cash_minor is null) = (cash_state is null)),
  check (coalesce(cash_state in ('collected', 'remitted'), false) = (cash_collected_at is not null)),
  check (coalesce(cash_state = 'remitted', false) = (closing_id is not null)),
  -- Nobody gets goods whose cash was not collected.
  constraint shipment_paid check (state <> 'delivered' or cash_state is distinct from 'due'),
  check (state <> 'delivered' or proof_kind is not null)
);
create index shipment_buyer on shipment (buyer_id, updated_at desc);
create index shipment_seller on shipment (seller_id, updated_at desc);
create index shipment_hub on shipment (hub_id, state, updated_at desc, id desc);
create index shipment_deadline on shipment (deadline) where state = 'at_hub';
create index shipment_cash on shipment (hub_id, currency, cash_collected_at) where cash_state = 'collected';
create unique index shipment_proof on shipment (proof_upload_id) where proof_upload_id is not null;

-- Who had a parcel from when on. Only ever added to.
create table shipment_custody (
  id uuid primary key,
  shipment_id uuid not null references shipment (id) deferrable initially deferred,
  event text not null,
  holder text not null check (holder in ('seller', 'hub', 'partner', 'buyer')),
  holder_id uuid,
  holder_name text,
  reason text,
  -- Who of the staff said so.
  actor_id uuid references account (id) deferrable initially deferred,
  at timestamptz not null
);
create index shipment_custody_shipment on shipment_custody (shipment_id, at, id);

-- What a hub handed over at the end of a day: what it should have been, and what was counted.
create table hub_closing (
  id uuid primary key,
  hub_id uuid not null references hub (id) deferrable initially deferred,
  currency text not null,
  business_date date not null,
  expected_minor bigint not null check (expected_minor > 0),
  counted_minor bigint not null check (counted_minor >= 0),
  collections integer not null check (collections > 0),
  note text,
  closed_by uuid not null references account (id) deferrable initially deferred,
  version integer not null,
  created_at timestamptz not null,
  check (counted_minor = expected_minor or note is not null)
);
create index hub_closing_hub on hub_closing (hub_id, created_at desc, id desc);

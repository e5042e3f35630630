-- A place where parcels are dropped off, kept and handed over. Fees are of one parcel, which is one seller's order.
create table hub (
  id uuid primary key,
  name text not null,
  address text not null,
  location geography(Point, 4326) not null,
  timezone text not null,
  -- Ranges of the clock by weekday, and days that have others.
  hours jsonb not null,
  exceptions jsonb not null,
  capacity integer check (capacity > 0),
  contact_phone text,
  fee_minor bigint not null check (fee_minor >= 0),
  currency text not null,
  state text not null check (state in ('active', 'closed')),
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index hub_location on hub using gist (location) where state = 'active';
create index hub_name on hub (name, id);

-- Who may act for a hub, beside having the role. The row goes with the assignment.
create table hub_staff (
  id uuid primary key,
  hub_id uuid not null references hub (id) deferrable initially deferred,
  user_id uuid not null references account (id) deferrable initially deferred,
  version integer not null,
  assigned_at timestamptz not null,
  updated_at timestamptz not null,
  constraint hub_staff_once unique (hub_id, user_id)
);
create index hub_staff_user on hub_staff (user_id);

-- Who brings parcels from a hub to the door: a company or a rider.
create table delivery_partner (
  id uuid primary key,
  name text not null,
  contact_phone text,
  contact_email text,
  base_fee_minor bigint not null check (base_fee_minor >= 0),
  per_km_minor bigint not null check (per_km_minor >= 0),
  currency text not null,
  max_distance_km integer not null check (max_distance_km > 0),
  state text not null check (state in ('active', 'removed')),
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index delivery_partner_name on delivery_partner (name, id);

create table delivery_partner_hub (
  partner_id uuid not null references delivery_partner (id) on delete cascade deferrable initially deferred,
  hub_id uuid not null references hub (id) deferrable initially deferred,
  primary key (partner_id, hub_id)
);
create index delivery_partner_hub_hub on delivery_partner_hub (hub_id);

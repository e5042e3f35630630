create table category (
  id uuid primary key,
  parent_id uuid references category (id) deferrable initially deferred,
  slug text not null unique check (slug ~ '^[a-z0-9_]{2,50}$'),
  name text not null,
  position integer not null,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index category_parent_id on category (parent_id);

create table brand (
  id uuid primary key,
  slug text not null unique check (slug ~ '^[a-z0-9_]{2,50}$'),
  name text not null,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

-- `array_to_string` is only stable, because some element types print by locale; text does not.
create function words_of(items text[]) returns text language sql immutable parallel safe
  as $$ select array_to_string(items, ' ') $$;

create table listing (
  id uuid primary key,
  seller_id uuid not null references account (id) deferrable initially deferred,
  title text not null,
  description text not null,
  category_id uuid not null references category (id) deferrable initially deferred,
  brand_id uuid references brand (id) deferrable initially deferred,
  price_minor bigint not null check (price_minor > 0),
  original_price_minor bigint check (original_price_minor >= price_minor),
  currency text not null,
  condition text not null check (condition in ('new', 'like_new', 'good', 'fair')),
  -- Units on hand, and the sum of this listing's active reservations.
  quantity integer not null check (quantity >= 0),
  reserved integer not null check (reserved >= 0),
  location geography(Point, 4326),
  neighborhood text,
  feed text not null check (feed in ('discover', 'community')),
  tags text[] not null,
  images jsonb not null,
  images_settled boolean not null,
  video_url text,
  negotiable boolean not null,
  quick_view_enabled boolean not null,
  price_suggestion_used boolean not null,
  state text not null check (state in ('draft', 'active', 'paused', 'sold_out', 'removed')),
  -- Counts changes of what the small card shows; favourites remember which one their owner was told.
  card_version integer not null,
  favourites_due boolean not null,
  published_at timestamptz,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  search tsvector not null generated always as (
    setweight(to_tsvector('english', title), 'A')
    || setweight(to_tsvector('english', words_of(tags)), 'B')
    || setweight(to_tsvector('english', description), 'C')
  ) stored,
  check (reserved <= quantity),
  check (state <> 'sold_out' or quantity = 0),
  check (state in ('draft', 'removed') or published_at is not null)
);
create index listing_search on listing using gin (search) where state = 'active';
create index listing_title_trigrams on listing using gin (title gin_trgm_ops) where state = 'active';
create index listing_location on listing using gist (location) where state = 'active';
create index listing_newest on listing (published_at desc, id desc) where state = 'active';
create index listing_feed on listing (feed, published_at desc, id desc) where state = 'active';
create index listing_category_newest on listing (category_id, published_at desc, id desc) where state = 'active';
create index listing_price on listing (price_minor, id) where state = 'active';
create index listing_category_price on listing (category_id, currency, price_minor)
  where state in ('active', 'sold_out');
create index listing_brand_id on listing (brand_id);
create index listing_seller on listing (seller_id, created_at desc, id desc);
create index listing_unsettled_images on listing (id) where not images_settled;
create index listing_favourites_due on listing (id) where favourites_due;

create table reservation (
  id uuid primary key,
  listing_id uuid not null references listing (id) deferrable initially deferred,
  quantity integer not null check (quantity > 0),
  holder_kind text not null,
  holder_id uuid not null,
  expires_at timestamptz not null,
  released_at timestamptz,
  consumed_at timestamptz,
  created_at timestamptz not null,
  check (released_at is null or consumed_at is null)
);
create index reservation_holder on reservation (holder_kind, holder_id);
create index reservation_active on reservation (listing_id, expires_at)
  where released_at is null and consumed_at is null;
create index reservation_due on reservation (expires_at) where released_at is null and consumed_at is null;

create table favourite (
  id uuid primary key,
  user_id uuid not null references account (id) deferrable initially deferred,
  listing_id uuid not null references listing (id) deferrable initially deferred,
  -- The listing's card that this person was last told.
  card_version integer not null,
  created_at timestamptz not null,
  unique (user_id, listing_id)
);
create index favourite_user on favourite (user_id, created_at desc, id desc);
create index favourite_listing on favourite (listing_id, id);

-- Counters change too often for the listing's own row and version.
create table listing_counter (
  listing_id uuid primary key references listing (id) on delete cascade deferrable initially deferred,
  views bigint not null,
  favourites bigint not null
) with (fillfactor = 50);

create table listing_view (
  listing_id uuid not null references listing (id) on delete cascade deferrable initially deferred,
  -- `user:<id>`, or `guest:<hash of the address>`.
  viewer text not null,
  day date not null,
  primary key (listing_id, viewer, day)
);
create index listing_view_day on listing_view (day);

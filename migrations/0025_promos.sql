-- A code that takes something off the goods of a purchase, at the market's expense.
create table promo (
  id uuid primary key,
  code text not null unique check (code = upper(code)),
  percent_bps integer check (percent_bps between 1 and 10000),
  amount_minor bigint check (amount_minor > 0),
  -- Null: any currency, which only a percentage without bounds in money can be.
  currency text,
  min_goods_minor bigint check (min_goods_minor > 0),
  max_discount_minor bigint check (max_discount_minor > 0),
  starts_at timestamptz not null,
  ends_at timestamptz,
  uses_max integer check (uses_max > 0),
  uses_per_person_max integer not null check (uses_per_person_max > 0),
  first_order_only boolean not null,
  -- Counted under this row's lock. A purchase that is paid late counts again, even beyond the maximum.
  uses integer not null check (uses >= 0),
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check ((percent_bps is null) <> (amount_minor is null)),
  check (currency is not null or (amount_minor is null and min_goods_minor is null and max_discount_minor is null)),
  check (ends_at >= starts_at)
);
create index promo_newest on promo (created_at desc, id desc);

-- A purchase has one code at most, and uses it once.
create table promo_use (
  group_id uuid primary key,
  promo_id uuid not null references promo (id) deferrable initially deferred,
  user_id uuid not null references account (id) deferrable initially deferred,
  discount_minor bigint not null check (discount_minor > 0),
  currency text not null,
  created_at timestamptz not null,
  -- The purchase did not come about, so the use is free again.
  returned_at timestamptz
);
create index promo_use_person on promo_use (promo_id, user_id) where returned_at is null;
create index promo_use_user on promo_use (user_id, created_at desc);

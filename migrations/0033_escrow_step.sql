-- Steps that people took with the money of orders, for figures: never changed.
create table escrow_step (
  id uuid primary key,
  order_id uuid not null references sub_order (id) deferrable initially deferred,
  step text not null check (step in ('release', 'refund')),
  result text not null check (result in ('ok', 'cancelled')),
  by_side text not null check (by_side in ('buyer', 'seller', 'operator')),
  at timestamptz not null
);
create index escrow_step_at on escrow_step (at);
create index escrow_step_order on escrow_step (order_id);

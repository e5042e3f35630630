-- One attempt to pay an order group with one method. Its id is the idempotency key at the provider.
create table payment (
  id uuid primary key,
  order_group_id uuid not null references order_group (id) deferrable initially deferred,
  payer_id uuid not null references account (id) deferrable initially deferred,
  method text not null,
  provider text not null,
  state text not null check (state in (
    'created', 'requires_action', 'processing', 'authorized', 'captured', 'failed', 'cancelled', 'expired', 'unknown',
    'captured_late')),
  amount_minor bigint not null check (amount_minor > 0),
  currency text not null,
  -- Both recomputed from provider_event and refund, never incremented.
  captured_minor bigint not null check (captured_minor between 0 and amount_minor),
  refunded_minor bigint not null check (refunded_minor between 0 and captured_minor),
  provider_ref text,
  action jsonb,
  return_url text,
  failure_reason text,
  deadline timestamptz not null,
  submit_at timestamptz,
  submit_tries integer not null,
  poll_at timestamptz,
  poll_tries integer not null,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
-- At most one attempt of a group is under way.
create unique index payment_open on payment (order_group_id)
  where state in ('created', 'requires_action', 'processing', 'authorized', 'unknown');
create index payment_order_group on payment (order_group_id);
create unique index payment_provider_ref on payment (provider, provider_ref) where provider_ref is not null;
create index payment_payer on payment (payer_id, updated_at desc);
create index payment_submit on payment (submit_at) where state = 'created';
create index payment_poll on payment (poll_at) where poll_at is not null;

-- Everything that providers have told: webhooks, answers to our calls. Each is applied once, or refused with a reason.
create table provider_event (
  id uuid primary key,
  provider text not null,
  event_id text not null,
  source text not null check (source in ('webhook', 'call')),
  raw_body text,
  fact jsonb not null,
  outcome text not null check (outcome in ('pending', 'applied', 'ignored', 'refused')),
  reason text,
  payment_id uuid references payment (id) deferrable initially deferred,
  due_at timestamptz not null,
  tries integer not null,
  received_at timestamptz not null,
  unique (provider, event_id),
  check (outcome <> 'refused' or reason is not null)
);
create index provider_event_pending on provider_event (due_at) where outcome = 'pending';
create index provider_event_payment on provider_event (payment_id);
create index provider_event_refused on provider_event (received_at) where outcome = 'refused';

create table refund (
  id uuid primary key,
  payment_id uuid not null references payment (id) deferrable initially deferred,
  -- Null when the money belongs to no order: a group that was paid twice, or only in part.
  order_id uuid references sub_order (id) deferrable initially deferred,
  state text not null check (state in ('approved', 'submitted', 'pending', 'succeeded', 'failed')),
  amount_minor bigint not null check (amount_minor > 0),
  currency text not null,
  provider_ref text,
  submit_at timestamptz not null,
  submit_tries integer not null,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create unique index refund_order on refund (order_id) where order_id is not null;
create index refund_payment on refund (payment_id);
create index refund_submit on refund (submit_at) where state in ('approved', 'submitted');

-- The books of the sandbox bank, an outside party that happens to live here: nothing of the market reads them.
create table sandbox_charge (
  id text primary key,
  attempt_id text not null unique,
  amount_minor bigint not null,
  currency text not null,
  behaviour text not null,
  status text not null check (status in ('processing', 'captured', 'failed', 'cancelled')),
  confirm_at timestamptz not null
);
create index sandbox_charge_due on sandbox_charge (confirm_at) where status = 'processing';

create table sandbox_refund (
  id text primary key,
  refund_id text not null unique,
  charge_id text not null references sandbox_charge (id),
  amount_minor bigint not null,
  status text not null check (status in ('pending', 'succeeded', 'failed')),
  confirm_at timestamptz not null
);
create index sandbox_refund_charge on sandbox_refund (charge_id);
create index sandbox_refund_due on sandbox_refund (confirm_at) where status = 'pending';

create table sandbox_delivery (
  id uuid primary key,
  event_id text not null,
  charge_id text not null references sandbox_charge (id),
  status text not null,
  due_at timestamptz not null,
  tries integer not null,
  delivered_at timestamptz
);
create index sandbox_delivery_due on sandbox_delivery (due_at) where delivered_at is null;
create index sandbox_delivery_charge on sandbox_delivery (charge_id);

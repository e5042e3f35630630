-- An attempt pays an order group, or tops up its payer's wallet.
alter table payment
  -- squawk-ignore ban-drop-not-null
  alter column order_group_id drop not null,
  add column purpose text not null default 'order',
  -- When the provider's own list of charges was last compared with it.
  add column reconciled_at timestamptz,
  add constraint payment_purpose check (
    purpose in ('order', 'top_up') and (purpose = 'order') = (order_group_id is not null)) not valid,
  drop constraint payment_state_check;
alter table payment
  alter column purpose drop default,
  add constraint payment_state_check check (state in (
    'created', 'requires_action', 'processing', 'authorized', 'captured', 'failed', 'cancelled', 'expired', 'unknown',
    'captured_late', 'cod_due', 'collected', 'remitted')) not valid;
create index payment_top_up_due on payment (deadline)
  where purpose = 'top_up' and state in ('created', 'requires_action', 'processing', 'authorized', 'unknown');

-- What a provider's message is about: payouts and chargebacks are the work of other areas.
alter table provider_event
  add column subject text not null default 'charge',
  add constraint provider_event_subject check (subject in ('charge', 'payout', 'chargeback')) not valid;
alter table provider_event alter column subject drop default;
-- squawk-ignore require-concurrent-index-deletion
drop index provider_event_pending;
create index provider_event_pending on provider_event (subject, due_at) where outcome = 'pending';

-- An order may be refunded in parts, each on the way on which it was paid: what came from a wallet has no attempt.
-- squawk-ignore require-concurrent-index-deletion
drop index refund_order;
create index refund_order on refund (order_id) where order_id is not null;
alter table refund
  -- squawk-ignore ban-drop-not-null
  alter column payment_id drop not null,
  add constraint refund_source check (payment_id is not null or order_id is not null) not valid,
  drop constraint refund_state_check;
alter table refund
  add constraint refund_state_check
    check (state in ('approved', 'submitted', 'pending', 'succeeded', 'failed', 'reversed')) not valid;

-- What a provider's books and ours did not agree on, once for each thing and kind of difference.
create table reconciliation_difference (
  id uuid primary key,
  provider text not null,
  kind text not null check (kind in (
    'unknown_charge', 'missing_capture', 'missing_refund', 'amount_differs', 'charge_missing')),
  -- The provider's id of the charge, or our attempt's where the provider has none.
  subject text not null,
  payment_id uuid references payment (id) deferrable initially deferred,
  currency text not null,
  ours_minor bigint not null,
  theirs_minor bigint not null,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  -- Since when the two books agree again.
  resolved_at timestamptz,
  constraint reconciliation_difference_once unique (provider, kind, subject)
);
create index reconciliation_difference_seen on reconciliation_difference (last_seen_at desc, id desc);
create index reconciliation_difference_payment on reconciliation_difference (payment_id) where payment_id is not null;
create index payment_payer_created on payment (payer_id, created_at desc, id desc);

-- The sandbox bank learns to misbehave in more ways: what it keeps goes through the steps of a behaviour, each of which
-- it reports as it was then.
alter table sandbox_charge
  add column step integer not null default 0,
  add column created_at timestamptz not null default now(),
  -- When its next step is due; null when it has none.
  add column due_at timestamptz,
  drop constraint sandbox_charge_status_check;
-- squawk-ignore require-concurrent-index-deletion
drop index sandbox_charge_due;
update sandbox_charge set due_at = confirm_at where status = 'processing';
alter table sandbox_charge
  -- squawk-ignore ban-drop-column
  drop column confirm_at,
  add constraint sandbox_charge_status_check check (
    status in ('requires_action', 'processing', 'authorized', 'captured', 'failed', 'cancelled')) not valid;
create index sandbox_charge_due on sandbox_charge (due_at) where due_at is not null;
create index sandbox_charge_created on sandbox_charge (created_at, id);

create table sandbox_capture (
  id text primary key,
  charge_id text not null references sandbox_charge (id),
  -- The key of a capture that was asked for; null for the bank's own.
  capture_id text unique,
  amount_minor bigint not null
);
create index sandbox_capture_charge on sandbox_capture (charge_id);
insert into sandbox_capture (id, charge_id, amount_minor)
select 'cap_' || id, id, amount_minor from sandbox_charge where status = 'captured';

alter table sandbox_refund
  add column behaviour text not null default 'succeed',
  add column step integer not null default 0,
  add column due_at timestamptz;
-- squawk-ignore require-concurrent-index-deletion
drop index sandbox_refund_due;
update sandbox_refund set due_at = confirm_at where status = 'pending';
-- squawk-ignore ban-drop-column
alter table sandbox_refund drop column confirm_at;
create index sandbox_refund_due on sandbox_refund (due_at) where due_at is not null;

create table sandbox_payout (
  id text primary key,
  payout_id text not null unique,
  amount_minor bigint not null,
  currency text not null,
  destination text not null,
  status text not null check (status in ('pending', 'paid', 'failed', 'cancelled')),
  behaviour text not null,
  step integer not null,
  due_at timestamptz
);
create index sandbox_payout_due on sandbox_payout (due_at) where due_at is not null;

create table sandbox_chargeback (
  id text primary key,
  charge_id text not null references sandbox_charge (id),
  status text not null,
  funds_withdrawn boolean not null,
  evidence text,
  evidence_due_at timestamptz not null,
  behaviour text not null,
  step integer not null,
  due_at timestamptz,
  constraint sandbox_chargeback_once unique (charge_id)
);
create index sandbox_chargeback_due on sandbox_chargeback (due_at) where due_at is not null;

-- How single charges and payouts are to go, told before or while they are under way.
create table sandbox_behaviour (
  subject_id text primary key,
  behaviour text not null
);

-- What is not delivered yet of the old kind is asked for by the market itself.
-- squawk-ignore ban-drop-table
drop table sandbox_delivery;
create table sandbox_delivery (
  id uuid primary key,
  event_id text not null,
  body text not null,
  due_at timestamptz not null,
  tries integer not null,
  delivered_at timestamptz
);
create index sandbox_delivery_due on sandbox_delivery (due_at) where delivered_at is null;

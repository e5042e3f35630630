-- An attempt pays an order group, or tops up its payer's wallet.
alter table payment
  -- squawk-ignore ban-drop-not-null
  alter column order_group_id drop not null,
  add column purpose text not null default 'order',
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

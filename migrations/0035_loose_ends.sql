-- What a courier has, or is to bring back, has a time too: then it counts as lost, and the buyer is refunded.
alter table shipment
  add column remind_at timestamptz,
  drop constraint shipment_check,
  drop constraint shipment_state_check;
update shipment set deadline = updated_at + interval '5 days', remind_at = updated_at + interval '2.5 days'
where state in ('out_for_delivery', 'failed');
alter table shipment
  add constraint shipment_state_check check (state in (
    'awaiting_drop_off', 'at_hub', 'out_for_delivery', 'failed', 'delivered', 'returning', 'returned', 'lost',
    'cancelled')) not valid,
  add constraint shipment_deadline_known check (
    (state in ('at_hub', 'out_for_delivery', 'failed')) = (deadline is not null)) not valid,
  add constraint shipment_reminder check (remind_at is null or state in ('out_for_delivery', 'failed')) not valid;
create index shipment_with_courier on shipment (deadline) where state in ('out_for_delivery', 'failed');
create index shipment_remind on shipment (remind_at) where remind_at is not null;

-- Two people of whom one has blocked the other, or has ended that: what follows from it elsewhere is still to be done.
create table block_change (
  one uuid not null,
  other uuid not null,
  at timestamptz not null,
  primary key (one, other)
);

-- A parcel's place at its hub, from its purchase until it is handed over, goes back or comes to nothing.
create table hub_place (
  order_id uuid primary key,
  hub_id uuid not null references hub (id) deferrable initially deferred,
  taken_at timestamptz not null
);
create index hub_place_hub on hub_place (hub_id);
insert into hub_place
select id, hub_id, created_at from sub_order
where hub_id is not null
  and state in ('awaiting_payment', 'placed', 'accepted', 'packed', 'at_hub', 'out_for_delivery');

-- What was captured before there was a ledger is still to be booked, with the escrows of orders that are not over.
alter table payment add column unbooked boolean not null default false;
update payment set unbooked = true
where purpose = 'order' and method not in ('wallet', 'cod') and captured_minor > 0
  and not exists (select from ledger_account a where a.code = 'payment:' || payment.id);
create index payment_unbooked on payment (id) where unbooked;

-- Of an order that is refunded in parts, what is on its way.
alter table sub_order
  add column refunding_minor bigint not null default 0,
  add constraint sub_order_refunding check (refunding_minor >= 0) not valid;
update sub_order set refunding_minor = total_minor - refunded_minor where refund_state = 'pending';

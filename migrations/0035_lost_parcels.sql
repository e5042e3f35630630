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

-- What a purchase consists of in money, where it goes, and the rest of an order's life.
alter table order_group
  add column wallet_minor bigint not null default 0,
  add constraint order_group_wallet check (wallet_minor between 0 and total_minor) not valid;
alter table order_group alter column wallet_minor drop default;

alter table sub_order
  add column goods_minor bigint,
  add column delivery_minor bigint not null default 0,
  add column discount_minor bigint not null default 0,
  add column refunded_minor bigint not null default 0,
  add column hub_id uuid,
  -- Where a courier brings it: `{ text, location? }`. Gone with the buyer's account.
  add column address jsonb;
update sub_order set goods_minor = total_minor,
  refunded_minor = case when refund_state = 'refunded' then total_minor else 0 end;
alter table sub_order
  add constraint sub_order_goods check (goods_minor is not null and goods_minor > 0) not valid,
  add constraint sub_order_total check (total_minor = goods_minor + delivery_minor - discount_minor) not valid,
  add constraint sub_order_refunded check (refunded_minor between 0 and total_minor) not valid,
  drop constraint sub_order_state_check;
alter table sub_order
  add constraint sub_order_state_check check (state in (
    'awaiting_payment', 'placed', 'accepted', 'packed', 'at_hub', 'out_for_delivery', 'ready_for_pickup', 'delivered',
    'disputed', 'received', 'completed', 'payment_expired', 'rejected', 'cancelled', 'returned', 'refunded')) not valid;
alter table sub_order
  alter column delivery_minor drop default,
  alter column discount_minor drop default,
  alter column refunded_minor drop default;
create index sub_order_handling_due on sub_order (deadline) where state in ('accepted', 'packed', 'ready_for_pickup');
